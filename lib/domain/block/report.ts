import { backoffMillis, mayRetry, type RetryPolicy } from '../policy.ts';
import {
  type Block,
  DONE,
  EXPIRED,
  FAILED,
  type Lease,
  leaseOf,
  READY,
  type SlotState,
  slotState,
  waitDigit,
} from './block.ts';
import {
  type Draft,
  draftOf,
  dropEmptyLeases,
  endWaits,
  finish,
  remember,
  triesAt,
  triesIn,
} from './draft.ts';

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

/** What one batch reports of one lease: slots not yet remembered, and how many of all were done. */
interface Work {
  slots: number[];
  done: number;
}

/** The part of `report` that settles, on an open draft. */
export function settleSlots(
  draft: Draft,
  reports: readonly Report[],
  policy: RetryPolicy,
  now: number,
): Reported[] {
  const work = new Map<Lease, Work>();
  const outcomes = reports.map((one): Reported => {
    const lease = standingLease(draft, one);
    if (!lease) {
      rememberAll(draft, work);
      return answerAgain(draft, one, policy);
    }
    const attempt = triesAt(draft, one.slot) + 1;
    draft.slots[one.slot] = nextMark(draft, one, attempt, policy, now);
    const own = work.get(lease) ?? { slots: [], done: 0 };
    own.slots.push(one.slot);
    if (one.verdict === 'done') own.done += 1;
    work.set(lease, own);
    return { kind: 'accepted', state: stateAt(draft, one.slot), attempt, worker: lease.worker };
  });
  rememberAll(draft, work);
  learn(draft, work, now);
  dropEmptyLeases(draft);
  return outcomes;
}

/** The lease under which a report counts: it stands on the slot, and the report bears its token or its worker. */
function standingLease(draft: Draft, { slot, by }: Report): Lease | undefined {
  const lease = leaseOf(draft, slot);
  if (!lease) return undefined;
  if ('worker' in by) return lease.worker === by.worker ? lease : undefined;
  return lease.id === by.lease && triesAt(draft, slot) + 1 === by.attempt ? lease : undefined;
}

type Left = Exclude<SlotState, 'reserved'>;

/** What a verdict leaves a file as. */
function stateAfter(verdict: Verdict, attempt: number, policy: RetryPolicy): Left {
  if (verdict === 'retry') return mayRetry(policy, attempt) ? 'ready' : 'failed';
  return verdict === 'release' ? 'ready' : verdict;
}

function nextMark(
  draft: Draft,
  { slot, verdict }: Report,
  attempt: number,
  policy: RetryPolicy,
  now: number,
): string {
  const state = stateAfter(verdict, attempt, policy);
  if (state !== 'ready') return state === 'done' ? DONE : FAILED;
  if (verdict === 'release') return READY;
  triesIn(draft)[slot] = attempt;
  const wait = backoffMillis(policy, attempt);
  return wait === 0 ? READY : waitDigit(draft.waits, now + wait);
}

function rememberAll(draft: Draft, work: Map<Lease, Work>): void {
  for (const [lease, { slots }] of work) if (slots.length > 0) remember(draft, lease, slots.splice(0));
}

/** Adds to what the block knows of how long its files take; a batch counts as worked on one after the other. */
function learn(draft: Draft, work: Map<Lease, Work>, now: number): void {
  if (work.size === 0) return;
  for (const [{ since }, { done }] of work) {
    const { files, millis } = draft.timing;
    if (done > 0) draft.timing = { files: files + done, millis: millis + Math.max(0, now - since) };
  }
  draft.leases = draft.leases.map(lease => (work.has(lease) ? { ...lease, since: now } : lease));
}

function stateAt(draft: Draft, slot: number): SlotState {
  return slotState(draft.slots[slot] ?? READY);
}

/**
 * A report whose lease does not stand changes nothing. If it says what its reservation left the file as, it is a
 * repetition; otherwise it is refused.
 */
function answerAgain(draft: Draft, { slot, verdict, by }: Report, policy: RetryPolicy): Reported {
  const before = 'worker' in by ? leftByWorker(draft, slot, by.worker) : leftByToken(draft, slot, by);
  if (before.reason !== undefined)
    return { kind: 'refused', reason: before.reason, state: stateAt(draft, slot) };
  return stateAfter(verdict, before.attempt, policy) === before.left
    ? { kind: 'repeated', state: before.left }
    : { kind: 'refused', reason: 'settled', state: stateAt(draft, slot) };
}

/** What a reservation that no longer stands left its file as, or why it cannot be reported on. */
type Before =
  | { readonly left: Left; readonly attempt: number; readonly reason?: undefined }
  | { readonly reason: Refusal };

/** By token: known while the lease is remembered, and for a settled file even when it is forgotten. */
function leftByToken(draft: Draft, slot: number, by: { lease: number; attempt: number }): Before {
  const { lease, attempt } = by;
  const mark = draft.slots[slot];
  // No lease was made on a file since the one that holds it, and none on the block since its version.
  const next = leaseOf(draft, slot)?.id ?? draft.block.version + 1;
  if (mark === undefined || lease >= next) return { reason: 'unknown' };

  const reported = draft.past.filter(({ slots }) => slots.includes(slot)).map(({ id }) => id);
  const isRemembered = reported.includes(lease);
  if (!isRemembered && lease <= draft.block.restartedAt) return { reason: 'overtaken' };

  const isLast = reported.every(id => id <= lease);
  const ended = triesAt(draft, slot);
  if (isLast && attempt === ended + 1 && mark === DONE) return { left: 'done', attempt };
  if (isLast && attempt === ended + 1 && mark === FAILED) return { left: 'failed', attempt };
  if (isRemembered) return { left: 'ready', attempt };
  if (attempt > ended) return { reason: 'unknown' };
  const wasFreed = slotState(mark) === 'ready' || mark === EXPIRED;
  return { reason: isLast && attempt === ended && wasFreed ? 'expired' : 'overtaken' };
}

/** By worker: known while the last lease that was reported on is remembered. */
function leftByWorker(draft: Draft, slot: number, worker: string): Before {
  const left = stateAt(draft, slot);
  if (left === 'reserved') return { reason: 'other-worker' };
  const [last] = draft.past.filter(({ slots }) => slots.includes(slot)).sort((a, b) => b.id - a.id);
  if (last?.worker !== worker || draft.slots[slot] === EXPIRED) return { reason: 'not-reserved' };
  return { left, attempt: triesAt(draft, slot) + (left === 'ready' ? 0 : 1) };
}
