import { mayRetry, type RetryPolicy } from '../policy.ts';
import { type Block, EXPIRED, READY } from './block.ts';
import { type Draft, draftOf, endWaits, finish, slotsMarked, triesIn } from './draft.ts';

/** A slot that failed because its lease ran out. */
export interface ExpiredSlot {
  readonly slot: number;
  readonly worker: string;
  readonly attempt: number;
}

/**
 * Takes the slots of leases past their deadline away from their workers.
 * They become ready at once (nobody said the file was at fault), or fail where the project says so or no
 * attempt is left.
 */
export function expireLeases(draft: Draft, policy: RetryPolicy, now: number): ExpiredSlot[] {
  const failed: ExpiredSlot[] = [];
  for (const lease of draft.leases.filter(({ deadline }) => deadline !== null && deadline <= now)) {
    const tries = triesIn(draft);
    for (const slot of slotsMarked(draft, lease.mark)) {
      const attempt = (tries[slot] ?? 0) + 1;
      const retry = policy.onLeaseExpiry === 'retry' && mayRetry(policy, attempt);
      tries[slot] = attempt;
      draft.slots[slot] = retry ? READY : EXPIRED;
      if (!retry) failed.push({ slot, worker: lease.worker, attempt });
    }
    draft.leases = draft.leases.filter(other => other !== lease);
  }
  return failed;
}

/** The block after its overdue leases ended; undefined when it has none. */
export function expire(
  block: Block,
  policy: RetryPolicy,
  now: number,
): { block: Block; failed: ExpiredSlot[] } | undefined {
  if (!block.leases.some(({ deadline }) => deadline !== null && deadline <= now)) return undefined;
  const draft = draftOf(block);
  endWaits(draft, now);
  const failed = expireLeases(draft, policy, now);
  return { block: finish(draft), failed };
}
