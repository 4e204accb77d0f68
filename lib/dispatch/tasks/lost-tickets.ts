import type { Priority, Task } from '../../domain/task/task.ts';
import { nextWake } from '../../domain/task/task.ts';
import type { Context } from '../context.ts';
import { type QueueRecord, ticketQueueOf } from './queue-records.ts';

/** A ticket this long overdue, of a priority of which none are found, is taken for lost. */
const LOST_MILLIS = 120_000;

/**
 * Tells whether the ticket of a task is lost: it is overdue, and there are none. Workers that were left empty-handed
 * say so; where functions are given the tickets nobody does, and the queue itself is asked, once for each priority.
 */
export async function lostTickets(
  context: Context,
  queue: QueueRecord,
): Promise<(task: Task) => Promise<boolean>> {
  const { clock, tickets } = context;
  const { dryAt } = await context.activity.read(`t-${queue.name}`);
  const asked = new Map<Priority, Promise<boolean>>();
  async function isDry(priority: Priority): Promise<boolean> {
    if (clock.now() - (dryAt[priority] ?? 0) < LOST_MILLIS) return true;
    if (queue.paused || !tickets.isEmpty) return false;
    const answer = asked.get(priority) ?? tickets.isEmpty(ticketQueueOf(queue.name, priority));
    asked.set(priority, answer);
    return answer;
  }
  return async task =>
    Math.max(task.wakeAt, nextWake(task)) < clock.now() - LOST_MILLIS && (await isDry(task.spec.priority));
}
