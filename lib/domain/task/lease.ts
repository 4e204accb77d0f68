import { changed, go, type PastLease, type Task, type TaskLease, type TaskPolicy } from './task.ts';

export interface ReserveCommand {
  readonly worker: string;
  readonly requestId: string;
}

/** What a reserve came to: the task is the worker's, or why it is not. */
export type TaskReserved = 'leased' | 'repeated' | 'not-yet' | 'held' | 'over';

/** Leases a queued task to a worker. The repetition of a request finds the lease that the first one made. */
export function reserve(
  task: Task,
  { worker, requestId }: ReserveCommand,
  now: number,
): { task: Task; outcome: TaskReserved } {
  const { state, lease, notBefore } = task;
  if (lease?.worker === worker && lease.requestId === requestId) return { task, outcome: 'repeated' };
  if (lease) return { task, outcome: 'held' };
  if (state !== 'queued') return { task, outcome: 'over' };
  if (notBefore > now) return { task, outcome: 'not-yet' };
  const attempt = task.attempt + 1;
  const made: TaskLease = {
    ...{ id: task.version + 1, worker, requestId, since: now },
    deadline: deadlineOf(task.policy, now, now),
  };
  const running = go(task, 'reserved', 'running', now, { attempt, lease: made, startedAt: now });
  return { task: running, outcome: 'leased' };
}

/** Until when a worker that was heard of now holds its task: for a lease, and never beyond the attempt's time. */
function deadlineOf({ leaseSeconds, timeoutSeconds }: TaskPolicy, since: number, now: number): number {
  const end = timeoutSeconds === null ? Number.POSITIVE_INFINITY : since + timeoutSeconds * 1000;
  return Math.ceil(Math.min(now + leaseSeconds * 1000, end));
}

/** Whose word counts: the lease that the token names. */
export interface Holder {
  readonly lease: number;
  readonly attempt: number;
}

/**
 * Why a token changes nothing.
 * `unknown`: no such reservation was made. `expired`: the task was taken away. `settled`: the attempt was ended before.
 * `overtaken`: the task was reserved again, or retried, since.
 */
export type TaskRefusal = 'unknown' | 'expired' | 'settled' | 'overtaken';

/** The lease that a token stands for, or why its word does not count. It counts past its deadline, while it stands. */
export function leaseOf(task: Task, { lease, attempt }: Holder): TaskLease | TaskRefusal {
  if (task.lease?.id === lease) return task.attempt === attempt ? task.lease : 'unknown';
  if (lease > task.version || attempt > task.lastAttempt) return 'unknown';
  const past = task.past.find(({ id }) => id === lease);
  if (past) return past.as === 'expired' ? 'expired' : 'settled';
  return 'overtaken';
}

/** A lease after a word of its worker; a deadline never moves back, and that of a cancel stays. */
export function extended(task: Task, lease: TaskLease, now: number): TaskLease {
  if (task.state === 'cancelling') return lease;
  return { ...lease, deadline: Math.max(lease.deadline, deadlineOf(task.policy, lease.since, now)) };
}

/**
 * Extends a worker's lease. Answers why its token does not count, or the task, told whether it is cancelled. A lease
 * that is over and cannot be extended, because the attempt has had its time, counts no more, though nobody has taken
 * it away yet.
 */
export function heartbeat(
  task: Task,
  by: Holder,
  now: number,
): { kind: 'kept'; task: Task } | { kind: 'refused'; reason: TaskRefusal } {
  const lease = leaseOf(task, by);
  if (typeof lease === 'string') return { kind: 'refused', reason: lease };
  const kept = extended(task, lease, now);
  if (kept.deadline <= now) return { kind: 'refused', reason: 'expired' };
  return { kind: 'kept', task: changed(task, now, { lease: kept }) };
}

/** Leases that a task remembers. */
const MAX_PAST = 8;

/** The changes that end a task's lease. */
export function withoutLease(
  { lease, past }: Task,
  as: PastLease['as'],
  left: PastLease['left'],
): Pick<Task, 'lease' | 'past'> {
  return { lease: undefined, past: lease ? [...past, { id: lease.id, as, left }].slice(-MAX_PAST) : past };
}
