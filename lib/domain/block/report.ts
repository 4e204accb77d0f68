import { backoffMillis, mayRetry, type RetryPolicy } from '../policy.ts';
import {
  type Block,
  DONE,
  EXPIRED,
  FAILED,
  isTerminal,
  isWait,
  type Lease,
  READY,
  type SlotState,
  slotState,
  waitDigit,
} from './block.ts';
import { type Draft, draftOf, endWaits, finish, remember, triesAt, triesIn } from './draft.ts';

/**
 * What a worker says of a file it holds.
 * `retry`: failed, but another attempt may succeed. `release`: not even begun; the attempt does not count.
 */
export type Verdict = 'done' | 'failed' | 'retry' | 'release';

/** One report, fenced by the token of its reservation or by the worker that holds the slot. */
export interface Report {
  readonly slot: number;
  readonly verdict: Verdict;
  readonly by: { readonly lease: number; readonly attempt: number } | { readonly worker: string };
}

export type Reported =
  /** It counts, and the slot is now in `state`. */
  | {
      readonly kind: 'accepted';
      readonly state: SlotState;
      readonly attempt: number;
      readonly worker: string;
    }
  /** The same was said before, and counted then; nothing changed. */
  | { readonly kind: 'repeated'; readonly state: SlotState }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly state: SlotState };

/**
 * Why a report changes nothing.
 * `unknown`: no such reservation was made. `expired`: the lease ran out and the file was taken back.
 * `overtaken`: the file was reserved again, or the project restarted, since. `settled`: this reservation was
 * reported otherwise before. `other-worker`: another worker holds the file. `not-reserved`: nobody holds it.
 */
export type Refusal = 'unknown' | 'expired' | 'overtaken' | 'settled' | 'other-worker' | 'not-reserved';

/** Applies reports in order; each is accepted, repeated or refused on its own. */
export function report(
  block: Block,
  reports: readonly Report[],
  policy: RetryPolicy,
  now: number,
): { block: Block; outcomes: readonly Reported[] } {
  const draft = draftOf(block);
  endWaits(draft, now);
  const outcomes = settleSlots(draft, reports, policy, now);
  return { block: finish(draft), outcomes };
}

/** The part of `report` that settles, on an open draft. */
export function settleSlots(
  draft: Draft,
  reports: readonly Report[],
  policy: RetryPolicy,
  now: number,
): Reported[] {
  const settled = new Map<Lease, number[]>();
  const finished = new Map<Lease, number>();
  const outcomes = reports.map((one): Reported => {
    const lease = standingLease(draft, one);
    if (!lease) return settled.size > 0 ? refuse(flush(draft, settled), one) : refuse(draft, one);
    const attempt = triesAt(draft, one.slot) + 1;
    draft.slots[one.slot] = nextMark(draft, one, attempt, policy, now);
    settled.set(lease, [...(settled.get(lease) ?? []), one.slot]);
    if (one.verdict === 'done') finished.set(lease, (finished.get(lease) ?? 0) + 1);
    return { kind: 'accepted', state: stateAt(draft, one.slot), attempt, worker: lease.worker };
  });
  flush(draft, settled);
  learn(draft, finished, now);
  return outcomes;
}

/** The lease under which a report counts: it stands on the slot, and the report bears its token or its worker. */
function standingLease(draft: Draft, { slot, by }: Report): Lease | undefined {
  const lease = draft.leases.find(({ mark }) => mark === draft.slots[slot]);
  if (!lease) return undefined;
  if ('worker' in by) return lease.worker === by.worker ? lease : undefined;
  return lease.id === by.lease && triesAt(draft, slot) + 1 === by.attempt ? lease : undefined;
}

function nextMark(
  draft: Draft,
  { slot, verdict }: Report,
  attempt: number,
  policy: RetryPolicy,
  now: number,
): string {
  if (verdict === 'done') return DONE;
  if (verdict === 'release') return READY;
  if (verdict === 'failed' || !mayRetry(policy, attempt)) return FAILED;
  triesIn(draft)[slot] = attempt;
  const wait = backoffMillis(policy, attempt);
  return wait === 0 ? READY : waitDigit(draft.waits, now + wait);
}

function flush(draft: Draft, settled: Map<Lease, number[]>): Draft {
  for (const [lease, slots] of settled) remember(draft, lease, slots);
  settled.clear();
  return draft;
}

/** Adds to what the block knows of how long its files take; a batch counts as worked on one after the other. */
function learn(draft: Draft, finished: Map<Lease, number>, now: number): void {
  for (const [lease, files] of finished) {
    const { timing } = draft;
    draft.timing = { files: timing.files + files, millis: timing.millis + Math.max(0, now - lease.since) };
    draft.leases = draft.leases.map(other => (other === lease ? { ...lease, since: now } : other));
  }
}

function stateAt(draft: Draft, slot: number): SlotState {
  return slotState(draft.slots[slot] ?? READY);
}

/** A report whose lease does not stand: the answer it had before, or why it has none. */
function refuse(draft: Draft, one: Report): Reported {
  const state = stateAt(draft, one.slot);
  const refused = (reason: Refusal): Reported => ({ kind: 'refused', reason, state });
  const answeredBefore = (): Reported =>
    sameVerdict(draft, one) ? { kind: 'repeated', state } : refused('settled');
  const { by, slot } = one;
  if ('worker' in by) {
    if (state === 'reserved') return refused('other-worker');
    const past = draft.past.findLast(({ slots }) => slots.includes(slot));
    return past?.worker === by.worker ? answeredBefore() : refused('not-reserved');
  }
  const mark = draft.slots[slot] ?? READY;
  const ended = triesAt(draft, slot);
  const current = isTerminal(mark) && mark !== EXPIRED ? ended + 1 : ended;
  if (by.lease > draft.block.version || by.attempt > current + 1) return refused('unknown');
  if (by.lease <= draft.block.restartedAt) return refused('overtaken');
  const remembered = draft.past.some(({ id, slots }) => id === by.lease && slots.includes(slot));
  if ((mark === DONE || mark === FAILED) && by.attempt === current) return answeredBefore();
  if (remembered && state === 'ready') return answeredBefore();
  if (remembered && (one.verdict === 'retry' || one.verdict === 'release'))
    return { kind: 'repeated', state: 'ready' };
  return refused(state === 'ready' || (mark === EXPIRED && by.attempt === current) ? 'expired' : 'overtaken');
}

/** Whether the slot is as this verdict would have left it. */
function sameVerdict(draft: Draft, { slot, verdict }: Report): boolean {
  const mark = draft.slots[slot] ?? READY;
  if (verdict === 'done') return mark === DONE;
  if (verdict === 'failed') return mark === FAILED;
  if (verdict === 'retry') return mark === FAILED || mark === READY || isWait(mark);
  return mark === READY;
}
