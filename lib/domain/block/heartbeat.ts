import type { Block, Lease } from './block.ts';
import { draftOf, finish, slotsMarked } from './draft.ts';

/** What became of each lease a worker wanted to keep. */
export interface Kept {
  readonly lease: Lease;
  readonly slots: readonly number[];
}

/**
 * Extends the leases that still stand to `now + leaseMillis`; a deadline never moves back.
 * `wanted` selects them: by id, or all of a worker's. Those that no longer stand are simply not in the answer.
 */
export function heartbeat(
  block: Block,
  wanted: (lease: Lease) => boolean,
  leaseMillis: number | null,
  now: number,
): { block: Block; kept: readonly Kept[] } {
  const draft = draftOf(block);
  draft.leases = draft.leases.map(lease => (wanted(lease) ? extend(lease, leaseMillis, now) : lease));
  const kept = draft.leases.filter(wanted).map(lease => ({ lease, slots: slotsMarked(draft, lease.mark) }));
  return { block: finish(draft), kept };
}

function extend(lease: Lease, leaseMillis: number | null, now: number): Lease {
  if (lease.deadline === null || leaseMillis === null) return { ...lease, deadline: null };
  return { ...lease, deadline: Math.max(lease.deadline, now + leaseMillis) };
}
