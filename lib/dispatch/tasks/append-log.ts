import { LIMITS } from '../../contract/limits.ts';
import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { TaskToken } from '../../domain/task/id.ts';
import { appendToLog, beginLog, type LogWriter } from '../../domain/task/log.ts';
import { untilWritten } from '../conflicts.ts';
import type { Call, Context } from '../context.ts';
import { changeTask } from './change-task.ts';
import { heldBy, refusal } from './hold-task.ts';
import { grown, readNewest, writeNewest } from './log-chunks.ts';
import { nameOf } from './task-items.ts';

/**
 * Appends lines to the log of a task that is held, and says whether to go on with it. The task itself is written with
 * the first of them only, before they are: so nobody looks for logs where there are none, and none is forgotten.
 */
export async function appendLog(
  context: Context,
  call: Call,
  request: RouteRequest<'appendLog'>,
): Promise<RouteReply<'appendLog'>> {
  const token = await heldBy(context, call, request.token);
  const { worker, cancelled } = await beginWriting(context, token, request.token);
  const writer = { lease: token.lease, attempt: token.attempt, worker };
  const { came, isFull } = await append(context, token, writer, request);
  return { from: came, isFull, cancelled };
}

function beginWriting(
  context: Context,
  token: TaskToken,
  text: string,
): Promise<{ worker: string; cancelled: boolean }> {
  return changeTask(context, token, (task, now) => {
    if (!task) throw refusal(text, 'unknown');
    const begun = beginLog(task, token, now);
    if (begun.kind === 'refused') throw refusal(text, begun.reason);
    const outcome = { worker: begun.lease.worker, cancelled: task.state === 'cancelling' };
    return { outcome, ...(begun.task !== task && { task: begun.task }) };
  });
}

function append(
  context: Context,
  token: TaskToken,
  writer: LogWriter,
  request: RouteRequest<'appendLog'>,
): Promise<{ came: number; isFull: boolean }> {
  return untilWritten(context, `the log of ${nameOf(token)}`, async () => {
    const stored = await readNewest(context, token);
    const now = context.clock.now();
    const decided = appendToLog(stored?.newest.standing, writer, request, LIMITS.logBytes, now);
    if (decided.kind === 'refused') throw refusal(request.token, decided.reason);
    const { standing } = decided;
    if (decided.kind === 'unchanged') return { written: standing };
    const next = { ...(await grown(context, token, stored?.newest, decided.text)), standing };
    return (await writeNewest(context, token, next, stored?.version ?? 0))
      ? { written: standing }
      : undefined;
  });
}
