import type { TaskEvent } from '../../contract/replies.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import { delivered, type OutboxEntry } from '../../domain/task/outbox.ts';
import type { Task } from '../../domain/task/task.ts';
import type { Context } from '../context.ts';
import { listeners, tell } from '../events/tell.ts';
import type { Event } from '../ports.ts';
import { unlessUnavailable } from '../unless-unavailable.ts';
import { nameOf, writeTask } from './task-items.ts';

/**
 * Sends the events of a task that stand on it, in their order, and takes off it those that were sent. What fails stays
 * on the task: the next change of it, or the sweep, sends it again.
 */
export async function deliver(context: Context, task: Task): Promise<void> {
  const { replyTo, isAnnounced } = task.spec;
  if (task.outbox.length === 0) return;
  const sent = new Set<string>();
  const sending = async () => {
    const addresses = [
      ...(replyTo === undefined ? [] : [replyTo]),
      ...(isAnnounced ? await listeners(context) : []),
    ];
    for (const entry of task.outbox) {
      for (const address of addresses) await tell(context, address, eventOf(task, entry));
      sent.add(entry.id);
    }
  };
  await unlessUnavailable(context, `an event of ${nameOf(task)} was not sent`, sending());
  // Should another write come first, its writer sends them once more: with the same ids.
  if (sent.size > 0)
    await unlessUnavailable(
      context,
      `an event of ${nameOf(task)} will be sent again`,
      writeTask(context, delivered(task, sent)),
    );
}

/** An event as it is told: what befell the task, and what came of it. */
function eventOf(task: Task, { id, event, attempt, at, worker, message }: OutboxEntry): Event {
  const { spec, result, error } = task;
  const told: TaskEvent = {
    ...{ id, event, task: formatTaskId(task), queue: task.queue, name: spec.name, attempt, at },
    ...(spec.correlationId !== undefined && { correlationId: spec.correlationId }),
    ...(worker !== undefined && { worker }),
    ...(event === 'completed' && result && { result }),
    // A retry takes the error off the task; its first line is kept with the event.
    ...(message !== undefined && { error: event === 'failed' && error ? error : { message } }),
  };
  return { id, type: `task.${event}`, subject: told.task, at, owner: spec.owner, message: told };
}
