import { MAX_PAST, type SlotState } from '../../../lib/domain/block/block.ts';
import type { ExpiredSlot } from '../../../lib/domain/block/expire.ts';
import type { Refusal, Report, Verdict } from '../../../lib/domain/block/report.ts';
import type { ReserveCommand } from '../../../lib/domain/block/reserve.ts';
import type { RestartSelection } from '../../../lib/domain/block/restart.ts';
import { hasRoom, type LeaseRoom } from '../../../lib/domain/block/size.ts';
import type { RetryPolicy } from '../../../lib/domain/policy.ts';

/**
 * A block as one would describe it on paper: one plain object a file, and everything that ever happened.
 * It forgets nothing, packs nothing and is in no hurry; the real block must agree with it.
 */
export interface ModelFile {
  state: SlotState;
  /** Attempts that ended without settling the file. */
  ended: number;
  /** When its backoff ends; 0 = it waits for nothing. */
  notBefore: number;
  holder?: ModelReservation | undefined;
}

export interface ModelLease {
  readonly id: number;
  readonly worker: string;
  readonly requestId: string;
  deadline: number | null;
}

/** One file handed to one worker once. */
export interface ModelReservation {
  readonly slot: number;
  readonly attempt: number;
  readonly lease: ModelLease;
  /** How it ended: what its report left the file as, or without a report; absent while it stands. */
  end?: 'ready' | 'done' | 'failed' | 'expired' | 'void';
  /** Which operation reported on it. */
  reportedIn?: number;
}

/** What a report must come to. `unspecified`: refused, or repeated, but for a reason the block cannot know. */
export type Expected =
  | { kind: 'accepted'; state: SlotState; attempt: number; worker: string }
  | { kind: 'repeated'; state: SlotState }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'unspecified' };

export type ExpectedReserve =
  | { kind: 'leased'; lease: ModelLease; slots: { slot: number; attempt: number }[] }
  | { kind: 'empty' | 'unusable' | 'full' };

export class BlockModel {
  readonly files: ModelFile[];
  readonly policy: RetryPolicy;
  /** Every reservation ever made, in order. */
  readonly history: ModelReservation[] = [];
  version = 0;
  restartedAt = 0;
  /** What a block that is short of bytes still knows of; absent = it has room for all that it must remember. */
  remembered?: (lease: number, slot: number) => boolean;

  constructor(slots: number, policy: RetryPolicy, ended = 0) {
    this.files = Array.from({ length: slots }, () => ({ state: 'ready', ended, notBefore: 0 }));
    this.policy = policy;
  }

  /** The leases that hold a file. */
  leases(): ModelLease[] {
    return [...new Set(this.standing().map(({ lease }) => lease))];
  }

  standing(): ModelReservation[] {
    return this.files.flatMap(({ holder }) => holder ?? []);
  }

  isClosed(): boolean {
    return this.files.every(({ state }) => state === 'done' || state === 'failed');
  }

  /** The attempt a file is in or was settled by; when it is ready or its lease ran out, the last one. */
  attempts(slot: number): number {
    const { state, ended } = this.file(slot);
    return state === 'reserved' || state === 'done' || (state === 'failed' && !this.ranOut(slot))
      ? ended + 1
      : ended;
  }

  /** When there is something to do: 0 = now, Infinity = when a worker reports. */
  dueAt(room: LeaseRoom): number {
    const isOpen = this.hasRoom(room);
    const ready = this.files.filter(({ state }) => state === 'ready').map(({ notBefore }) => notBefore);
    const deadlines = this.leases().map(({ deadline }) => deadline ?? Number.POSITIVE_INFINITY);
    return Math.min(...(isOpen ? ready : []), ...deadlines);
  }

  endBackoffs(now: number): void {
    for (const file of this.files) if (file.notBefore <= now) file.notBefore = 0;
  }

  /** Takes the files of overdue leases back; answers those that failed by it. */
  expire(now: number): ExpiredSlot[] {
    const failed: ExpiredSlot[] = [];
    for (const reservation of this.standing()) {
      const { slot, attempt, lease } = reservation;
      if (lease.deadline === null || lease.deadline > now) continue;
      const again = this.policy.onLeaseExpiry === 'retry' && this.isAllowed(attempt + 1);
      this.release(reservation, 'expired', { state: again ? 'ready' : 'failed', ended: attempt });
      if (!again) failed.push({ slot, worker: lease.worker, attempt });
    }
    return failed;
  }

  reserve(command: ReserveCommand, now: number): ExpectedReserve {
    const { worker, requestId, leaseMillis, room } = command;
    const again = this.leases().find(lease => lease.requestId === requestId && lease.worker === worker);
    if (again) return { kind: 'leased', lease: again, slots: this.held(again) };
    const ready = this.files
      .map(({ state, notBefore, ended }, slot) => ({
        slot,
        ended,
        isReady: state === 'ready' && notBefore === 0,
      }))
      .filter(({ isReady }) => isReady);
    if (ready.length === 0) return { kind: 'empty' };
    ready.sort((a, b) => a.ended - b.ended || a.slot - b.slot);
    const chosen = choose(ready, command);
    if (chosen.length === 0) return { kind: 'unusable' };
    if (!this.hasRoom(room)) return { kind: 'full' };
    const deadline = leaseMillis === null ? null : now + leaseMillis;
    const lease: ModelLease = { id: this.version, worker, requestId, deadline };
    for (const { slot, ended } of chosen) {
      const reservation: ModelReservation = { slot, attempt: ended + 1, lease };
      this.history.push(reservation);
      Object.assign(this.file(slot), { state: 'reserved', holder: reservation });
    }
    return { kind: 'leased', lease, slots: this.held(lease) };
  }

  report(report: Report, now: number): Expected {
    const reservation = this.standingFor(report);
    if (!reservation) return this.answerWithoutLease(report);
    const { attempt, lease } = reservation;
    const state = this.verdictLeaves(report.verdict, attempt);
    const isRetry = report.verdict === 'retry' && state === 'ready';
    this.release(reservation, state, {
      state,
      ended: isRetry ? attempt : attempt - 1,
      notBefore: isRetry ? this.backoffEnd(attempt, now) : 0,
    });
    reservation.reportedIn = this.version;
    return { kind: 'accepted', state, attempt, worker: lease.worker };
  }

  heartbeat(wanted: (lease: ModelLease) => boolean, leaseMillis: number | null, now: number): ModelLease[] {
    const kept = this.leases().filter(wanted);
    for (const lease of kept)
      lease.deadline =
        leaseMillis === null || lease.deadline === null ? null : Math.max(lease.deadline, now + leaseMillis);
    return kept;
  }

  /** Answers how many files it made ready. */
  restart({ states, slots }: RestartSelection): number {
    const selected = this.files.flatMap(({ state }, slot) =>
      state !== 'ready' && states.includes(state) && (slots?.has(slot) ?? true) ? slot : [],
    );
    for (const slot of selected) {
      for (const reservation of this.history) if (reservation.slot === slot) reservation.end = 'void';
      Object.assign(this.file(slot), { state: 'ready', ended: 0, notBefore: 0, holder: undefined });
    }
    if (selected.length > 0) this.restartedAt = this.version;
    return selected.length;
  }

  private hasRoom(room: LeaseRoom): boolean {
    return hasRoom(
      this.leases().map(lease => ({ ...lease, mark: 'a', since: 0 })),
      room,
    );
  }

  private standingFor({ slot, by }: Report): ModelReservation | undefined {
    const holder = this.files[slot]?.holder;
    if (!holder) return undefined;
    const isTheirs =
      'worker' in by
        ? holder.lease.worker === by.worker
        : holder.lease.id === by.lease && holder.attempt === by.attempt;
    return isTheirs ? holder : undefined;
  }

  private answerWithoutLease({ slot, by, verdict }: Report): Expected {
    const file = this.files[slot];
    const ofSlot = this.history.filter(reservation => reservation.slot === slot);
    if ('worker' in by) {
      if (file?.holder) return { kind: 'refused', reason: 'other-worker' };
      const last = ofSlot.findLast(({ end }) => end === 'ready' || end === 'done' || end === 'failed');
      if (last && !this.isRemembered(last)) return { kind: 'unspecified' };
      if (last?.lease.worker !== by.worker || this.ranOut(slot))
        return { kind: 'refused', reason: 'not-reserved' };
      return this.answerAgain(last.end, verdict, this.attempts(slot));
    }
    const own = ofSlot.find(({ lease, attempt }) => lease.id === by.lease && attempt === by.attempt);
    if (!file || by.lease > this.version) return { kind: 'refused', reason: 'unknown' };
    if (!own?.end) return { kind: 'unspecified' };
    if (own.end === 'void') return { kind: 'refused', reason: 'overtaken' };
    if (own.end === 'expired') return this.answerExpired(own, ofSlot);
    const isKnown = this.isRemembered(own) || (own.end !== 'ready' && own.lease.id > this.restartedAt);
    return isKnown ? this.answerAgain(own.end, verdict, own.attempt) : { kind: 'unspecified' };
  }

  private answerExpired(own: ModelReservation, ofSlot: readonly ModelReservation[]): Expected {
    const later = ofSlot.slice(ofSlot.indexOf(own) + 1);
    if (later.length === 0 && own.lease.id > this.restartedAt) return { kind: 'refused', reason: 'expired' };
    const isKnown = later.every(one => one.end !== 'ready' || this.isRemembered(one));
    return isKnown ? { kind: 'refused', reason: 'overtaken' } : { kind: 'unspecified' };
  }

  /** Said again after it was reported as something: the same, or a contradiction. */
  private answerAgain(end: ModelReservation['end'], verdict: Verdict, attempt: number): Expected {
    const state = this.verdictLeaves(verdict, attempt);
    return state === end ? { kind: 'repeated', state } : { kind: 'refused', reason: 'settled' };
  }

  /** Whether the block must still know of a report: it may forget when 16 other leases reported since. */
  private isRemembered({ slot, lease, reportedIn = 0 }: ModelReservation): boolean {
    if (this.remembered && !this.remembered(lease.id, slot)) return false;
    const since = this.history.filter(
      other => (other.reportedIn ?? -1) >= reportedIn && other.lease !== lease,
    );
    return new Set(since.map(other => other.lease)).size < MAX_PAST;
  }

  private ranOut(slot: number): boolean {
    const last = this.history.findLast(
      reservation => reservation.slot === slot && reservation.end !== 'void',
    );
    return this.file(slot).state === 'failed' && last?.end === 'expired';
  }

  private verdictLeaves(verdict: Verdict, attempt: number): 'ready' | 'done' | 'failed' {
    if (verdict === 'retry') return this.isAllowed(attempt + 1) ? 'ready' : 'failed';
    return verdict === 'release' ? 'ready' : verdict;
  }

  private isAllowed(attempt: number): boolean {
    return this.policy.maxAttempts === null || attempt <= this.policy.maxAttempts;
  }

  private backoffEnd(attempt: number, now: number): number {
    let seconds = this.policy.retryBackoffSeconds;
    for (let n = 1; n < attempt; n += 1) seconds *= 2;
    const wait = 1000 * Math.min(seconds, this.policy.retryBackoffMaxSeconds);
    return wait === 0 ? 0 : now + wait;
  }

  private release(
    reservation: ModelReservation,
    end: ModelReservation['end'],
    file: Partial<ModelFile>,
  ): void {
    if (end) reservation.end = end;
    Object.assign(this.file(reservation.slot), { ...file, holder: undefined });
  }

  private held(lease: ModelLease): { slot: number; attempt: number }[] {
    return this.standing()
      .filter(reservation => reservation.lease === lease)
      .map(({ slot, attempt }) => ({ slot, attempt }));
  }

  private file(slot: number): ModelFile {
    const file = this.files[slot];
    if (!file) throw new Error(`the model has no file ${slot}`);
    return file;
  }
}

function choose<S extends { slot: number }>(ready: S[], { count, usable, wallTime }: ReserveCommand): S[] {
  const chosen: S[] = [];
  let secondsLeft = wallTime?.seconds ?? Number.POSITIVE_INFINITY;
  for (const one of ready) {
    const seconds = wallTime?.of(one.slot) ?? 0;
    if (chosen.length < count && (usable?.(one.slot) ?? true) && seconds <= secondsLeft) {
      chosen.push(one);
      secondsLeft -= seconds;
    }
  }
  return chosen;
}
