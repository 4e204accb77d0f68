import type { JsonObject } from '../json.ts';
import { extended, type Holder, leaseOf, type TaskRefusal } from './lease.ts';
import { begun } from './outbox.ts';
import { changed, type HistoryEntry, type Progress, type Task } from './task.ts';

/** Updates that a lease remembers: a copy that a network held back comes after those that were told meanwhile. */
const MAX_UPDATES = 8;

/** What a worker tells of its task while it works on it; what is absent stays as it is. */
export interface UpdateCommand {
  readonly event?: JsonObject | undefined;
  /** Entries that the history keeps, the newest; 0 = none but the last event. */
  readonly maxlen: number;
  readonly progress?: Progress | undefined;
  readonly status?: string | undefined;
  readonly checkpoint?: JsonObject | undefined;
  /** Names the request, so that its repetition changes nothing. */
  readonly requestId?: string | undefined;
}

export type TaskUpdated =
  | { readonly kind: 'updated'; readonly task: Task }
  | { readonly kind: 'refused'; readonly reason: TaskRefusal };

/** Keeps what a worker tells, and extends its lease: who tells something is alive, and has begun. */
export function update(before: Task, by: Holder, command: UpdateCommand, now: number): TaskUpdated {
  const task = begun(before, now);
  const lease = leaseOf(task, by);
  if (typeof lease === 'string') return { kind: 'refused', reason: lease };
  const { event, maxlen, progress, status, checkpoint, requestId } = command;
  const { updateIds = [] } = lease;
  const longer = extended(task, lease, now);
  if (requestId !== undefined && updateIds.includes(requestId))
    return { kind: 'updated', task: changed(task, now, { lease: longer }) };
  const kept =
    requestId === undefined
      ? longer
      : { ...longer, updateIds: [...updateIds, requestId].slice(-MAX_UPDATES) };
  const entry = event && { at: now, event };
  return {
    kind: 'updated',
    task: changed(task, now, {
      lease: kept,
      ...(entry && { lastEvent: entry, history: newest([...task.history, entry], maxlen) }),
      ...(progress && { progress }),
      ...(status !== undefined && { status }),
      ...(checkpoint && { checkpoint }),
    }),
  };
}

function newest(history: readonly HistoryEntry[], maxlen: number): readonly HistoryEntry[] {
  return maxlen === 0 ? [] : history.slice(-maxlen);
}
