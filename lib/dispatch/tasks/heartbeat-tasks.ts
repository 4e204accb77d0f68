import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { mayWorkOn } from '../../domain/task/access.ts';
import { parseTaskToken } from '../../domain/task/id.ts';
import { heartbeat } from '../../domain/task/lease.ts';
import type { Call, Context } from '../context.ts';
import { inOrder } from '../side-by-side.ts';
import { changeTask } from './change-task.ts';

type Reply = RouteReply<'heartbeatTasks'>;

/** Extends leases, and says which are lost and which tasks are cancelled. */
export async function heartbeatTasks(
  context: Context,
  call: Call,
  { tokens }: RouteRequest<'heartbeatTasks'>,
): Promise<Reply> {
  const reply: Reply = { kept: [], cancelled: [], lost: [] };
  const extended = inOrder(tokens, context.layout.requestsAtOnce, async token => ({
    token,
    found: await extend(context, call, token),
  }));
  for await (const { token, found } of extended) {
    if (!found) reply.lost.push(token);
    else reply.kept.push({ token, deadline: found.deadline });
    if (found?.isCancelled) reply.cancelled.push(token);
  }
  return reply;
}

/** Undefined when the token's task is not the caller's worker's. */
async function extend(
  context: Context,
  { caller }: Call,
  text: string,
): Promise<{ deadline: number; isCancelled: boolean } | undefined> {
  const token = parseTaskToken(text);
  const queue = token && (await context.queues.find(token.queue));
  if (!queue || !mayWorkOn(queue, caller)) return undefined;
  return changeTask(context, token, (task, now) => {
    const beat = task && heartbeat(task, token, now);
    if (beat?.kind !== 'kept') return { outcome: undefined };
    const { lease, state } = beat.task;
    return {
      task: beat.task,
      outcome: { deadline: lease?.deadline ?? now, isCancelled: state === 'cancelling' },
    };
  });
}
