import type { JsonObject } from '../json.ts';
import type { Backoff } from '../policy.ts';
import { NEVER } from '../ticket.ts';
import type { TaskPlace } from './id.ts';
import type { OutboxEntry, Told } from './outbox.ts';

/**
 * A task: one named job with arguments on a queue, kept as one document. Every change of it is a pure function
 * `(task, command, now) → (task', outcome)` and one conditional write on its version.
 *
 * Its states are stored as they stand here, but one: a queued task whose time has not come is shown as scheduled.
 * These are types and not interfaces, for only types are known to be JSON.
 */
export type Task = TaskPlace & {
  /** What was asked for; it never changes. */
  readonly spec: TaskSpec;
  readonly policy: TaskPolicy;
  readonly state: StoredState;
  /** The edge by which it came into its state. */
  readonly reason: Edge;
  /** While it is queued: not to be reserved before this time, ms since 1970; 0 = at once. */
  readonly notBefore: number;
  /** While it is queued: should nobody have begun it by then, it fails. */
  readonly startBy: number;
  /** The attempt it is in, or was in last; 0 = none was begun. */
  readonly attempt: number;
  /** No attempt after this one, unless somebody retries it. */
  readonly lastAttempt: number;
  /** While it is running or cancelling. */
  readonly lease?: TaskLease;
  /** The leases that ended last, oldest first: what lets a repeated report get its first answer again. */
  readonly past: readonly PastLease[];
  readonly progress?: Progress;
  /** What the worker says it is doing. */
  readonly status?: string;
  /** A worker wrote to its log: only then is there one to look for. */
  readonly hasLog?: true;
  readonly lastEvent?: HistoryEntry;
  readonly history: readonly HistoryEntry[];
  /** What the next attempt is given of this one. */
  readonly checkpoint?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: TaskError;
  readonly createdAt: number;
  /** When its last attempt began. */
  readonly startedAt?: number;
  /** When it came into its last state. */
  readonly endedAt?: number;
  readonly changedAt: number;
  /** The requests that cancelled or retried it last, oldest first: a copy of one does so no more. */
  readonly movedBy?: readonly string[];
  /** When it was removed. To people it is gone; it stays for a while, so that its number is not used again. */
  readonly removedAt?: number;
  /** Events of it that have not been delivered, oldest first. */
  readonly outbox: readonly OutboxEntry[];
  /** Of a task that somebody hears of. */
  readonly told?: Told;
  /** The version it was read as, 0 = it is new: the store's compare-and-set is on it. */
  readonly version: number;
  readonly generation: number;
  readonly wakeAt: number;
};

export type TaskSpec = {
  readonly name: string;
  readonly owner: string;
  readonly args: JsonObject;
  readonly title: string;
  readonly type?: string;
  /** Everybody whom the server knows may look at it. */
  readonly public: boolean;
  readonly meta: JsonObject;
  readonly priority: Priority;
  readonly dedupKey?: string;
  /** The id of the task it is a part of. */
  readonly parent?: string;
  /** URLs of files that the worker is given as paths, and of those it makes, each by a name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Where its events go. */
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** Those who are told of every task are told of it. */
  readonly isAnnounced?: boolean;
};

/** Its rules, from its submitter or else from its queue as that was then. */
export type TaskPolicy = Backoff & {
  readonly leaseSeconds: number;
  /** Longest time of one attempt; null = as long as its worker is heard of. */
  readonly timeoutSeconds: number | null;
  readonly maxAttempts: number;
  /** A worker that is told of a cancel has this long to end. */
  readonly cancelGraceSeconds: number;
  readonly startWithinSeconds: number;
};

/** A worker's hold on a task, for one attempt. */
export type TaskLease = {
  /** The version of the task that it makes: unique and growing. */
  readonly id: number;
  readonly worker: string;
  /** The request that made it, so that its repetition finds it. */
  readonly requestId: string;
  readonly since: number;
  /** When it is taken away, ms since 1970. */
  readonly deadline: number;
  /** The requests of the last updates, oldest first: a copy of one changes nothing, though others came before it. */
  readonly updateIds?: readonly string[];
  /** The ticket that it was made by is deleted by others than Sluice, at the latest when the lease has ended. */
  readonly usesUpTicket?: boolean;
};

/** How an attempt ended. */
type Ending = 'succeeded' | 'failed' | 'released' | 'cancelled' | 'expired';

export type PastLease = {
  readonly id: number;
  readonly as: Ending;
  /** The state in which it left the task. */
  readonly left: TaskState;
};

export type Progress = {
  readonly current: number;
  readonly total?: number;
  readonly message?: string;
};

export type HistoryEntry = {
  readonly at: number;
  readonly event: JsonObject;
};

export type TaskError = {
  readonly message: string;
  readonly stack?: string;
};

/** In the order in which a queue's tasks are handed out. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type StoredState = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';
export type TaskState = StoredState | 'scheduled';

/** Every edge of a task's life: from which states it leads, and where. Nothing else changes a state. */
export const TASK_EDGES = {
  submitted: { from: [], to: ['queued'] },
  reserved: { from: ['queued'], to: ['running'] },
  succeeded: { from: ['running', 'cancelling'], to: ['succeeded'] },
  /** The worker says that it failed for good, or no attempt is left. */
  failed: { from: ['running'], to: ['failed'] },
  /** The worker says that it failed, and another attempt follows. */
  retrying: { from: ['running'], to: ['queued'] },
  /** The worker gives it back: the attempt does not count. */
  released: { from: ['running'], to: ['queued'] },
  lease_expired: { from: ['running'], to: ['queued', 'failed'] },
  timed_out: { from: ['running'], to: ['queued', 'failed'] },
  not_started: { from: ['queued'], to: ['failed'] },
  cancel_requested: { from: ['running'], to: ['cancelling'] },
  cancelled: { from: ['queued', 'cancelling'], to: ['cancelled'] },
  parent_cancelled: { from: ['queued'], to: ['cancelled'] },
  /** The worker did not end in the time it was given. */
  grace_over: { from: ['cancelling'], to: ['cancelled'] },
  /** Somebody wants it done after all. */
  retried: { from: ['failed', 'cancelled'], to: ['queued'] },
} as const satisfies Record<string, { from: readonly StoredState[]; to: readonly StoredState[] }>;

export type Edge = keyof typeof TASK_EDGES;

/** Whether an edge leads from a state. */
export function mayGo(state: StoredState, edge: Edge): boolean {
  const from: readonly StoredState[] = TASK_EDGES[edge].from;
  return from.includes(state);
}

/** Follows an edge, with what else changes on the way. An edge that is not drawn is a defect. */
export function go(task: Task, edge: Edge, to: StoredState, now: number, changes: Partial<Task> = {}): Task {
  const ends: readonly StoredState[] = TASK_EDGES[edge].to;
  if (!mayGo(task.state, edge) || !ends.includes(to))
    throw new Error(`no edge ${edge} leads from ${task.state} to ${to}`);
  return changed(task, now, {
    ...changes,
    state: to,
    reason: edge,
    ...(isTerminal(to) && { endedAt: now }),
  });
}

export function changed(task: Task, now: number, changes: Partial<Task>): Task {
  return { ...task, ...changes, changedAt: now };
}

export function isTerminal(state: TaskState): state is 'succeeded' | 'failed' | 'cancelled' {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** Somebody cancelled it, though its worker may not have ended yet. */
export function isCancelled(state: TaskState): state is 'cancelling' | 'cancelled' {
  return state === 'cancelling' || state === 'cancelled';
}

/** The state as people see it. */
export function stateAt({ state, notBefore }: Pick<Task, 'state' | 'notBefore'>, now: number): TaskState {
  return state === 'queued' && notBefore > now ? 'scheduled' : state;
}

/** When its ticket must come up: 0 = now, NEVER = it has ended. */
export function nextWake({ state, notBefore, lease }: Task): number {
  if (state === 'queued') return notBefore;
  return lease?.deadline ?? NEVER;
}

/** A task as it is submitted. */
export function newTask(
  place: TaskPlace,
  { spec, policy, notBefore }: Pick<Task, 'spec' | 'policy' | 'notBefore'>,
  now: number,
): Task {
  return {
    ...{ queue: place.queue, number: place.number, spec, policy },
    ...{ state: 'queued', reason: 'submitted', notBefore },
    startBy: startBy(policy, notBefore, now),
    ...{ attempt: 0, lastAttempt: policy.maxAttempts, past: [], history: [], outbox: [] },
    ...{ createdAt: now, changedAt: now, version: 0, generation: 1, wakeAt: notBefore },
  };
}

/** By when a task that is queued now must have been begun. */
export function startBy(policy: TaskPolicy, notBefore: number, now: number): number {
  return Math.max(now, notBefore) + policy.startWithinSeconds * 1000;
}
