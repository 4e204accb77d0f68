import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { stateAt } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { forgetTask } from './delete-task.ts';
import { groupsOf, removeDigest, scanOpen } from './groups.ts';
import { forgetPlaces } from './places.ts';
import { doorOf, ticketQueuesOf } from './queue-records.ts';
import { refuseUnlessAdmin } from './task-access.ts';
import { firstOf, nameOf, readStoredGroup } from './task-items.ts';

/** What is not removed in this time is left to the next call: a function ends half a minute after it was asked. */
const MAX_MILLIS = 20_000;

/**
 * Deletes a queue and all that is kept of its tasks, once all of them have ended. Its numbers are not given again. Should
 * it be cut off, the queue is still there, and is deleted when this is asked for again.
 */
export async function deleteQueue(
  context: Context,
  call: Call,
  { queue }: RouteRequest<'deleteQueue'>,
): Promise<RouteReply<'deleteQueue'>> {
  refuseUnlessAdmin(call, 'delete a queue');
  await context.queues.read(queue);
  await refuseWhileOpen(context, queue);
  await removeTasks(context, queue);
  await forgetPlaces(context, queue);
  for (const ticketQueue of ticketQueuesOf(queue)) await context.tickets.drop(ticketQueue);
  await context.queues.remove(queue);
  context.tickets.bell?.ring(doorOf(queue));
  return { deleted: queue };
}

async function refuseWhileOpen(context: Context, queue: string): Promise<void> {
  for await (const group of scanOpen(context, queue))
    for (const task of group)
      if (task.endedAt === undefined)
        throw new ProblemError(
          'wrong_state',
          `${nameOf(task)} is ${stateAt(task, context.clock.now())}: a queue can be deleted once all its tasks have ended`,
        );
}

async function removeTasks(context: Context, queue: string): Promise<void> {
  const until = context.clock.now() + MAX_MILLIS;
  const { first, last } = await context.numbers.range(queue);
  for (const group of groupsOf(first, last)) {
    if (context.clock.now() >= until)
      throw new ProblemError('busy', `more is kept of queue ${queue} than can be removed at once: ask again`);
    for (const task of await readStoredGroup(context, queue, group)) await forgetTask(context, task);
    await removeDigest(context, queue, group);
    await context.numbers.change(queue, range => ({ ...range, first: firstOf(group + 1) }));
  }
  await context.numbers.change(queue, range => ({ ...range, first: range.last + 1 }));
}
