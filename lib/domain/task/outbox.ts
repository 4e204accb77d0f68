import { formatTaskId } from './id.ts';
import type { Task } from './task.ts';

/**
 * What befell an attempt: `started`, then one of the others. `retrying`: it failed, and another attempt follows.
 * An attempt that was given back, or whose worker fell silent with attempts left, has no ending of its own.
 */
export type TaskEvent = 'started' | 'completed' | 'retrying' | 'failed' | 'cancelled';

/** An event that is to be delivered to where the task's replies go. */
export type OutboxEntry = {
  /** `<task>.<attempt>.<event>`: the same however often it is delivered. */
  readonly id: string;
  readonly event: TaskEvent;
  readonly attempt: number;
  readonly at: number;
  readonly worker?: string;
  /** What went wrong. */
  readonly message?: string;
};

type Said = Pick<OutboxEntry, 'worker' | 'message'>;

/** The events to be delivered once one more befell the task's attempt; none for a task that nobody hears of. */
export function outboxWith(
  task: Task,
  event: TaskEvent,
  attempt: number,
  now: number,
  said: Said = {},
): readonly OutboxEntry[] {
  if (task.spec.replyTo === undefined) return task.outbox;
  const id = `${formatTaskId(task)}.${attempt}.${event}`;
  return [...task.outbox.filter(entry => entry.id !== id), { id, event, attempt, at: now, ...said }];
}

/** The task once some of its events were delivered. */
export function delivered(task: Task, ids: ReadonlySet<string>): Task {
  const outbox = task.outbox.filter(({ id }) => !ids.has(id));
  return { ...task, outbox };
}
