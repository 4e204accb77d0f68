import { formatTaskId } from './id.ts';
import type { Task } from './task.ts';

/**
 * What befell an attempt: `started`, then one of the others. `retrying`: it failed, and another attempt follows.
 * One that was refused before it began has no `started`, one that was given back has no ending.
 */
export type TaskEvent = 'started' | 'completed' | 'retrying' | 'failed' | 'cancelled';

/** An event that is to be delivered to where the task's replies go. */
export type OutboxEntry = {
  /** `<task>.<number>.<event>`: the same however often it is delivered; the number counts the task's events. */
  readonly id: string;
  readonly event: TaskEvent;
  readonly attempt: number;
  readonly at: number;
  readonly worker?: string;
  /** What went wrong. */
  readonly message?: string;
};

/** What a task remembers of the events that were made of it. */
export type Told = {
  /** How many there are. */
  readonly number: number;
  /** The time of the last one. */
  readonly at: number;
  /** The attempt that was last said to have begun. */
  readonly begun?: number;
};

type Said = Pick<OutboxEntry, 'worker' | 'message'>;

/** Whether anybody is told of the task. */
export function isHeard({ spec }: Pick<Task, 'spec'>): boolean {
  return spec.replyTo !== undefined || spec.isAnnounced === true;
}

/**
 * The changes that tell of an event of the task's attempt; none for a task that nobody hears of. No two events of a
 * task have the same time, whatever the clocks of those who write it say: it is their order.
 */
export function told(task: Task, event: TaskEvent, now: number, said: Said = {}): Partial<Task> {
  if (!isHeard(task)) return {};
  const { attempt } = task;
  const number = (task.told?.number ?? 0) + 1;
  const at = Math.max(now, (task.told?.at ?? 0) + 1);
  const entry = { id: `${formatTaskId(task)}.${number}.${event}`, event, attempt, at, ...said };
  const begun = event === 'started' ? attempt : task.told?.begun;
  return {
    outbox: [...task.outbox, entry],
    told: { number, at, ...(begun !== undefined && { begun }) },
  };
}

/** The task once its worker let know that the attempt has begun. An attempt that was given back goes on: told once. */
export function begun(task: Task, now: number): Task {
  const { lease, attempt } = task;
  if (!lease || task.told?.begun === attempt) return task;
  return { ...task, ...told(task, 'started', now, { worker: lease.worker }) };
}

/** The task once some of its events were delivered. */
export function delivered(task: Task, ids: ReadonlySet<string>): Task {
  const outbox = task.outbox.filter(({ id }) => !ids.has(id));
  return { ...task, outbox };
}
