import type { JsonObject } from '../json.ts';
import { backoffMillis } from '../policy.ts';
import { type Holder, leaseOf, type TaskRefusal, withoutLease } from './lease.ts';
import { begun, told } from './outbox.ts';
import {
  changed,
  go,
  isCancelled,
  isTerminal,
  mayGo,
  type StoredState,
  startBy,
  stateAt,
  type Task,
  type TaskError,
  type TaskState,
} from './task.ts';

/** What a worker says at the end of an attempt. */
export type EndCommand =
  | { readonly outcome: 'succeeded'; readonly result?: JsonObject | undefined }
  /** `retry`: another attempt may succeed. `begun`: not refused before anything was done. */
  | {
      readonly outcome: 'failed';
      readonly retry: boolean;
      readonly error: TaskError;
      readonly begun: boolean;
    }
  /** Given back: the attempt does not count. */
  | { readonly outcome: 'released' }
  /** It stopped as it was told to. */
  | { readonly outcome: 'cancelled' };

export type TaskEnded =
  | { readonly kind: 'ended'; readonly task: Task }
  /** The same was said before, and counted then; nothing changed. `state`: what the task became by it. */
  | { readonly kind: 'repeated'; readonly state: TaskState }
  | { readonly kind: 'refused'; readonly reason: TaskRefusal }
  /** What was said does not lead on from the task's state. */
  | { readonly kind: 'illegal'; readonly from: StoredState };

/** Ends an attempt as its worker says. */
export function end(before: Task, by: Holder, command: EndCommand, now: number): TaskEnded {
  const lease = leaseOf(before, by);
  if (lease === 'settled') {
    const said = before.past.find(({ id, as }) => id === by.lease && as === command.outcome);
    return said ? { kind: 'repeated', state: said.left } : { kind: 'refused', reason: 'settled' };
  }
  if (typeof lease === 'string') return { kind: 'refused', reason: lease };
  const task = hasBegun(command) ? begun(before, now) : before;
  if (command.outcome === 'succeeded') return { kind: 'ended', task: succeed(task, command.result, now) };
  if (task.state === 'cancelling')
    return { kind: 'ended', task: stop(task, 'cancelled', command.outcome, now) };
  if (command.outcome === 'released') return { kind: 'ended', task: giveBack(task, now) };
  if (command.outcome === 'failed')
    return { kind: 'ended', task: fail(task, { ...command, edge: 'failed', as: 'failed' }, now) };
  return { kind: 'illegal', from: task.state };
}

/** Whether an end says that the attempt was begun, should nobody have said so before. */
function hasBegun(command: EndCommand): boolean {
  return command.outcome === 'succeeded' || (command.outcome === 'failed' && command.begun);
}

function succeed(task: Task, result: JsonObject | undefined, now: number): Task {
  return go(task, 'succeeded', 'succeeded', now, {
    ...withoutLease(task, 'succeeded', 'succeeded'),
    ...told(task, 'completed', now, workerOf(task)),
    result,
    error: undefined,
  });
}

function giveBack(task: Task, now: number): Task {
  return go(task, 'released', 'queued', now, {
    ...withoutLease(task, 'released', 'queued'),
    ...{ attempt: task.attempt - 1, notBefore: 0, startBy: startBy(task.policy, 0, now) },
  });
}

interface Failure {
  readonly edge: 'failed' | 'lease_expired' | 'timed_out';
  readonly as: 'failed' | 'expired';
  readonly retry: boolean;
  readonly error: TaskError;
}

/** An attempt failed: another one follows, after a wait where it is the task's own fault, or the task has failed. */
function fail(task: Task, { edge, as, retry, error }: Failure, now: number): Task {
  const said = { ...workerOf(task), message: error.message };
  if (!retry || task.attempt >= task.lastAttempt)
    return go(task, edge, 'failed', now, {
      ...withoutLease(task, as, 'failed'),
      ...told(task, 'failed', now, said),
      error,
    });
  // Of a worker that fell silent nobody knows that the task was at fault.
  const notBefore = edge === 'lease_expired' ? 0 : now + backoffMillis(task.policy, attemptsOf(task));
  return go(task, edge === 'failed' ? 'retrying' : edge, 'queued', now, {
    ...withoutLease(task, as, stateAt({ state: 'queued', notBefore }, now)),
    ...told(task, 'retrying', now, said),
    ...{ error, notBefore, startBy: startBy(task.policy, notBefore, now) },
  });
}

/** Attempts since the task was submitted or last retried. */
function attemptsOf({ attempt, lastAttempt, policy }: Task): number {
  return Math.max(1, attempt - lastAttempt + policy.maxAttempts);
}

function workerOf({ lease }: Task): { worker?: string } {
  return lease ? { worker: lease.worker } : {};
}

function stop(
  task: Task,
  edge: 'cancelled' | 'parent_cancelled' | 'grace_over',
  as: 'failed' | 'released' | 'cancelled' | 'expired',
  now: number,
): Task {
  return go(task, edge, 'cancelled', now, {
    ...withoutLease(task, as, 'cancelled'),
    ...told(task, 'cancelled', now, workerOf(task)),
  });
}

/** What a task becomes whose time is over; undefined while it is not. */
export function expire(task: Task, now: number): Task | undefined {
  const { state, lease, policy } = task;
  if (state === 'queued')
    return task.startBy <= now ? go(task, 'not_started', 'failed', now, notStarted(task, now)) : undefined;
  if (!lease || lease.deadline > now) return undefined;
  if (state === 'cancelling') return stop(task, 'grace_over', 'expired', now);
  const { timeoutSeconds } = policy;
  const isTimeout = timeoutSeconds !== null && lease.since + timeoutSeconds * 1000 <= now;
  const message = isTimeout
    ? `attempt ${task.attempt} took longer than ${timeoutSeconds} s`
    : `the lease of ${lease.worker} ran out`;
  const edge = isTimeout ? 'timed_out' : 'lease_expired';
  return fail(task, { edge, as: 'expired', retry: true, error: { message } }, now);
}

function notStarted(task: Task, now: number): Partial<Task> {
  const message = `nobody began it within ${task.policy.startWithinSeconds} s`;
  return { error: { message }, ...told(task, 'failed', now, { message }) };
}

export type TaskCancelled =
  | { readonly kind: 'cancelled'; readonly task: Task }
  /** It was cancelled before. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'illegal'; readonly from: StoredState };

/** Cancels a task: at once while it is queued; a worker that holds it is told, and has the grace to end. */
export function cancel(task: Task, edge: 'cancelled' | 'parent_cancelled', now: number): TaskCancelled {
  const { state, lease, policy } = task;
  if (isCancelled(state)) return { kind: 'repeated' };
  if (mayGo(state, edge)) return { kind: 'cancelled', task: stop(task, edge, 'cancelled', now) };
  if (!lease || edge !== 'cancelled') return { kind: 'illegal', from: state };
  const deadline = Math.min(lease.deadline, Math.ceil(now + policy.cancelGraceSeconds * 1000));
  return {
    kind: 'cancelled',
    task: go(task, 'cancel_requested', 'cancelling', now, { lease: { ...lease, deadline } }),
  };
}

/** Removes a task that has ended; undefined where it has not. */
export function remove(task: Task, now: number): Task | undefined {
  return isTerminal(task.state) ? changed(task, now, { removedAt: now }) : undefined;
}

/** Queues a task once more that failed or was cancelled, with all its attempts; undefined where it may not be. */
export function retry(task: Task, now: number): Task | undefined {
  if (!mayGo(task.state, 'retried')) return undefined;
  return go(task, 'retried', 'queued', now, {
    ...{ notBefore: 0, startBy: startBy(task.policy, 0, now), endedAt: undefined, error: undefined },
    lastAttempt: task.attempt + task.policy.maxAttempts,
  });
}
