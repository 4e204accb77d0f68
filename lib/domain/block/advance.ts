import type { RetryPolicy } from '../policy.ts';
import type { Block } from './block.ts';
import { draftOf, endWaits, finish } from './draft.ts';
import { type ExpiredSlot, expireLeases } from './expire.ts';
import { type Report, type Reported, settleSlots } from './report.ts';
import { leaseSlots, type ReserveCommand, type Reserved } from './reserve.ts';

/** Reports on a block and reserves more of it, in one change. Reports come first: a late one still counts. */
export function advance(
  block: Block,
  reports: readonly Report[],
  command: ReserveCommand,
  policy: RetryPolicy,
  now: number,
): { block: Block; outcomes: readonly Reported[]; reserved: Reserved; failed: readonly ExpiredSlot[] } {
  const draft = draftOf(block);
  endWaits(draft, now);
  const outcomes = settleSlots(draft, reports, policy, now);
  const failed = expireLeases(draft, policy, now);
  const reserved = leaseSlots(draft, command, now);
  return { block: finish(draft), outcomes, reserved, failed };
}
