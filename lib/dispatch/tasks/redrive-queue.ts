import { LIMITS } from '../../contract/limits.ts';
import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { retry } from '../../domain/task/end.ts';
import { formatTaskId, parseTaskId, type TaskPlace } from '../../domain/task/id.ts';
import { isTerminal } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { changeTask } from './change-task.ts';
import { groupsOf, readDigests, reopenGroup } from './groups.ts';
import { deadLetterQueueOf, ticketQueueOf } from './queue-records.ts';
import { refuseUnlessAdmin } from './task-access.ts';
import { readGroup, readTask } from './task-items.ts';

type Reply = RouteReply<'redriveQueue'>;

/** Looks for dead letters in one call; each finds ten at most. */
const MAX_LOOKS = 10;

/**
 * Queues the tasks of a queue again that failed for good, the oldest first, each with as many attempts as it had; and
 * where functions run them, sends the tickets again that went to the dead-letter queue, if their tasks still wait. What
 * there is no ticket stays there, and is shown.
 */
export async function redriveQueue(
  context: Context,
  call: Call,
  { queue, after }: RouteRequest<'redriveQueue'>,
): Promise<Reply> {
  refuseUnlessAdmin(call, 'redrive a queue');
  await context.queues.read(queue);
  const from = (parseTaskId(after ?? '')?.number ?? 0) + 1;
  const retried: TaskPlace[] = [];
  for await (const place of failedFrom(context, queue, from)) {
    if (retried.length === LIMITS.redrive) break;
    if (await retryOne(context, place)) retried.push(place);
  }
  const last = retried.length === LIMITS.redrive ? retried.at(-1) : undefined;
  const deadLetters = after === undefined ? await returnTickets(context, queue) : undefined;
  return {
    retried: retried.map(formatTaskId),
    ...(deadLetters && { deadLetters }),
    ...(last && { next: formatTaskId(last) }),
  };
}

/** The tasks that have failed, from a number on. */
async function* failedFrom(context: Context, queue: string, from: number): AsyncGenerator<TaskPlace> {
  const { first, last } = await context.numbers.range(queue);
  const digests = await readDigests(context, queue);
  for (const group of groupsOf(Math.max(first, from), last)) {
    const known = digests.get(group)?.digest;
    if (known?.isOver && known.counts.failed === 0) continue;
    for (const { state, number } of await readGroup(context, queue, group))
      if (state === 'failed' && number >= from) yield { queue, number };
  }
}

/** False when somebody else retried or deleted it meanwhile. */
async function retryOne(context: Context, place: TaskPlace): Promise<boolean> {
  await reopenGroup(context, place);
  return changeTask<boolean>(context, place, (task, now) => {
    const next = task?.state === 'failed' ? retry(task, now) : undefined;
    return next ? { task: next, outcome: true } : { outcome: false };
  });
}

async function returnTickets(context: Context, queue: string): Promise<Reply['deadLetters']> {
  const { tickets } = context;
  const deadLetterQueue = deadLetterQueueOf(queue);
  if (!tickets.deadLetters) return undefined;
  const found = { returned: 0, over: 0, strange: new Set<string>() };
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const letters = await tickets.deadLetters(deadLetterQueue);
    for (const { ticket, text, receipt } of letters) {
      if (!ticket) found.strange.add(text);
      else {
        const task = await readTask(context, { queue, number: ticket.block });
        const isOpen = task !== undefined && !isTerminal(task.state);
        if (isOpen) {
          const again = { ...ticket, visibleAt: task.notBefore };
          await tickets.send(ticketQueueOf(queue, task.spec.priority), [again]);
        }
        await tickets.delete(deadLetterQueue, receipt);
        found[isOpen ? 'returned' : 'over'] += 1;
      }
    }
    if (letters.length === 0) break;
  }
  return { returned: found.returned, over: found.over, strange: [...found.strange] };
}
