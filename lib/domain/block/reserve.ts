import type { RetryPolicy } from '../policy.ts';
import { type Block, type Lease, leaseMark, READY } from './block.ts';
import { type Draft, draftOf, endWaits, finish, slotsMarked, triesAt } from './draft.ts';
import { type ExpiredSlot, expireLeases } from './expire.ts';
import { hasRoom, type LeaseRoom } from './size.ts';

export interface ReserveCommand {
  readonly worker: string;
  /** At most `LONGEST_REQUEST_ID` characters where bytes count. */
  readonly requestId: string;
  /** Most slots to lease. */
  readonly count: number;
  /** Length of the lease in ms; null = held until reported. */
  readonly leaseMillis: number | null;
  /** Which slots this worker can use (a copy within reach); absent = all. */
  readonly usable?: (slot: number) => boolean;
  /** The wall time the worker has left, and what each slot is expected to take, in seconds; unknown = undefined. */
  readonly wallTime?: { readonly seconds: number; readonly of: (slot: number) => number | undefined };
  /** What the block's leases may take. */
  readonly room: LeaseRoom;
}

/** What a reserve came to: slots leased, or why none was. */
export type Reserved =
  | { readonly kind: 'leased'; readonly lease: Lease; readonly slots: readonly LeasedSlot[] }
  /** Nothing is ready. */
  | { readonly kind: 'empty' }
  /** Files are ready, but none that this worker can use now. */
  | { readonly kind: 'unusable' }
  /** Files are ready, but the block can hold no further lease. */
  | { readonly kind: 'full' };

export interface LeasedSlot {
  readonly slot: number;
  readonly attempt: number;
}

/**
 * Leases up to `count` ready slots to a worker, the least tried first, then in file order.
 *
 * Overdue leases are freed first. The repetition of a request finds the lease that the first one made.
 */
export function reserve(
  block: Block,
  command: ReserveCommand,
  policy: RetryPolicy,
  now: number,
): { block: Block; outcome: Reserved; failed: readonly ExpiredSlot[] } {
  const draft = draftOf(block);
  endWaits(draft, now);
  const failed = expireLeases(draft, policy, now);
  const outcome = leaseSlots(draft, command, now);
  return { block: finish(draft), outcome, failed };
}

/** The part of `reserve` that leases, on a draft whose overdue leases are gone. */
export function leaseSlots(draft: Draft, command: ReserveCommand, now: number): Reserved {
  const repeated = draft.leases.find(
    ({ requestId, worker }) => requestId === command.requestId && worker === command.worker,
  );
  if (repeated) return { kind: 'leased', lease: repeated, slots: slotsOf(draft, repeated) };

  const ready = readySlots(draft);
  if (ready.length === 0) return { kind: 'empty' };
  const chosen = choose(ready, command);
  if (chosen.length === 0) return { kind: 'unusable' };
  if (!hasRoom(draft.leases, command.room)) return { kind: 'full' };

  const lease: Lease = {
    mark: freeMark(draft.leases),
    id: draft.block.version + 1,
    worker: command.worker,
    deadline: command.leaseMillis === null ? null : now + command.leaseMillis,
    since: now,
    requestId: command.requestId,
  };
  for (const slot of chosen) draft.slots[slot] = lease.mark;
  draft.leases.push(lease);
  return { kind: 'leased', lease, slots: slotsOf(draft, lease) };
}

/** The least tried first, then in file order. */
function readySlots(draft: Draft): number[] {
  const ready = slotsMarked(draft, READY);
  if (draft.tries === undefined && draft.block.tries === '') return ready;
  const byTries = Map.groupBy(ready, slot => triesAt(draft, slot));
  return [...byTries].sort(([a], [b]) => a - b).flatMap(([, slots]) => slots);
}

function choose(ready: readonly number[], { count, usable, wallTime }: ReserveCommand): number[] {
  const chosen: number[] = [];
  let seconds = 0;
  for (const slot of ready) {
    if (chosen.length === count) break;
    if (usable && !usable(slot)) continue;
    const needed = wallTime?.of(slot) ?? 0;
    if (wallTime && seconds + needed > wallTime.seconds) continue;
    seconds += needed;
    chosen.push(slot);
  }
  return chosen;
}

function freeMark(leases: readonly Lease[]): string {
  const taken = new Set(leases.map(({ mark }) => mark));
  for (let n = 0; ; n += 1) if (!taken.has(leaseMark(n))) return leaseMark(n);
}

function slotsOf(draft: Draft, { mark }: Lease): LeasedSlot[] {
  return slotsMarked(draft, mark).map(slot => ({ slot, attempt: triesAt(draft, slot) + 1 }));
}
