import type { Block } from '../../../lib/domain/block/block.ts';
import { type Report, type Reported, report, type Verdict } from '../../../lib/domain/block/report.ts';
import { type LeasedSlot, type ReserveCommand, reserve } from '../../../lib/domain/block/reserve.ts';
import type { LeaseRoom } from '../../../lib/domain/block/size.ts';
import type { RetryPolicy } from '../../../lib/domain/policy.ts';

/** Pieces of which examples are made: any time, a usual policy, and steps that must succeed. */
export const NOW = 1_000_000;

export const POLICY: RetryPolicy = {
  maxAttempts: 3,
  retryBackoffSeconds: 0,
  retryBackoffMaxSeconds: 60,
  onLeaseExpiry: 'retry',
};

/** A wish for one file for a second, by a request of its own. */
export function wish(changes: Partial<ReserveCommand> = {}): ReserveCommand {
  const { worker = 'ada' } = changes;
  const requestId = `request-${worker}-${JSON.stringify(changes)}`;
  return { worker, requestId, count: 1, leaseMillis: 1000, room: roomFor(26), ...changes };
}

/** Room for so many leases, however large. */
export function roomFor(leases: number): LeaseRoom {
  return { leases, bytes: Number.POSITIVE_INFINITY };
}

export interface Leased {
  readonly block: Block;
  readonly lease: number;
  readonly slots: readonly LeasedSlot[];
}

/** Reserves, where that must succeed. */
export function lease(block: Block, changes: Partial<ReserveCommand> = {}, now = NOW): Leased {
  const requestId = `request-${block.version}`;
  const reserved = reserve(block, wish({ requestId, ...changes }), POLICY, now);
  if (reserved.outcome.kind !== 'leased') throw new Error(`nothing leased: ${reserved.outcome.kind}`);
  return { block: reserved.block, lease: reserved.outcome.lease.id, slots: reserved.outcome.slots };
}

/** The report of a slot by its lease's token. */
export function byToken({ lease, slots }: Leased, verdict: Verdict, slot = slots[0]?.slot ?? 0): Report {
  const attempt = slots.find(leased => leased.slot === slot)?.attempt ?? 1;
  return { slot, verdict, by: { lease, attempt } };
}

/** The block and the answer after a single report. */
export function tell(
  block: Block,
  one: Report,
  policy = POLICY,
  now = NOW,
): { block: Block; answer: Reported | undefined } {
  const reported = report(block, [one], policy, now);
  return { block: reported.block, answer: reported.outcomes[0] };
}
