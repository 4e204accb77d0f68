import type { EndCommand } from '../../../lib/domain/task/end.ts';
import type { Holder } from '../../../lib/domain/task/lease.ts';
import type { TaskPolicy } from '../../../lib/domain/task/task.ts';
import type { UpdateCommand } from '../../../lib/domain/task/update.ts';

type State = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

interface Held extends Holder {
  readonly since: number;
  readonly requestId: string;
  until: number;
  readonly updateIds: Set<string>;
}

/**
 * What becomes of a task, told once more as simply as can be: it remembers everything that ever happened, and changes
 * in place.
 */
export class TaskModel {
  state: State = 'queued';
  attempt = 0;
  most: number;
  notBefore: number;
  startBy: number;
  held: Held | undefined;
  history: { n: number }[] = [];
  lastEvent: { n: number } | undefined;
  /** How each lease ended, and what its worker was told that the task is now. */
  readonly ended = new Map<number, string>();
  readonly told = new Map<number, string>();
  readonly events: string[] = [];
  #begun: number | undefined;
  readonly #policy: TaskPolicy;

  constructor(policy: TaskPolicy, notBefore: number, now: number) {
    this.#policy = policy;
    this.most = policy.maxAttempts;
    this.notBefore = notBefore;
    this.startBy = Math.max(now, notBefore) + policy.startWithinSeconds * 1000;
  }

  reserve(id: number, requestId: string, now: number): string {
    if (this.held) return this.held.requestId === requestId ? 'repeated' : 'held';
    if (this.state !== 'queued') return 'over';
    if (now < this.notBefore) return 'not-yet';
    this.state = 'running';
    this.attempt += 1;
    this.held = { lease: id, attempt: this.attempt, since: now, requestId, until: 0, updateIds: new Set() };
    this.held.until = this.#until(this.held, now);
    return 'leased';
  }

  /** Told once an attempt; one that was given back and goes on is the same. */
  #begin(): void {
    if (this.#begun === this.attempt) return;
    this.#begun = this.attempt;
    this.#say('started');
  }

  /** Undefined where the token is that of the lease that stands. */
  refusal({ lease }: Holder): string | undefined {
    if (this.held?.lease === lease) return undefined;
    const as = this.ended.get(lease);
    if (as === undefined) return 'unknown';
    return as === 'expired' ? 'expired' : 'settled';
  }

  /** Why a heartbeat is refused: also when the attempt has had its time. */
  heartbeat(by: Holder, now: number): string | undefined {
    const refused = this.refusal(by);
    if (refused || !this.held) return refused;
    const until = this.#touched(this.held, now);
    if (until <= now) return 'expired';
    this.held.until = until;
    return undefined;
  }

  #touched(held: Held, now: number): number {
    return this.state === 'cancelling' ? held.until : Math.max(held.until, this.#until(held, now));
  }

  update({ event, maxlen, requestId }: UpdateCommand, now: number): void {
    this.#begin();
    const isRepeated = requestId !== undefined && this.held?.updateIds.has(requestId);
    if (this.held) this.held.until = this.#touched(this.held, now);
    if (this.held && requestId !== undefined) this.held.updateIds.add(requestId);
    if (isRepeated || !event) return;
    this.lastEvent = { n: Number(event.n) };
    this.history.push(this.lastEvent);
    while (this.history.length > maxlen) this.history.shift();
  }

  end(by: Holder, command: EndCommand, now: number): string {
    const refused = this.refusal(by);
    if (refused === 'settled' && this.ended.get(by.lease) === command.outcome) return 'repeated';
    if (refused) return refused;
    if (command.outcome === 'cancelled' && this.state === 'running') return 'illegal';
    if (command.outcome === 'succeeded' || (command.outcome === 'failed' && command.begun)) this.#begin();
    const wasCancelling = this.state === 'cancelling';
    this.ended.set(by.lease, command.outcome);
    this.held = undefined;
    if (command.outcome === 'succeeded') this.#over('succeeded', 'completed');
    else if (wasCancelling) this.#over('cancelled', 'cancelled');
    else if (command.outcome === 'released') {
      this.attempt -= 1;
      this.#queue(now, 0);
    } else if (command.outcome === 'failed' && command.retry && this.attempt < this.most) {
      this.#say('retrying');
      this.#queue(now, now + this.#backoff());
    } else this.#over('failed', 'failed');
    this.told.set(by.lease, this.state === 'queued' && this.notBefore > now ? 'scheduled' : this.state);
    return 'ended';
  }

  /** Answers whether something happened. */
  expire(now: number): boolean {
    if (this.state === 'queued' && now >= this.startBy) {
      this.#over('failed', 'failed');
      return true;
    }
    const { held } = this;
    if (!held || now < held.until) return false;
    this.ended.set(held.lease, 'expired');
    this.held = undefined;
    const { timeoutSeconds } = this.#policy;
    const isTimeout = timeoutSeconds !== null && now >= held.since + timeoutSeconds * 1000;
    if (this.state === 'cancelling') this.#over('cancelled', 'cancelled');
    else if (this.attempt >= this.most) this.#over('failed', 'failed');
    else {
      this.#say('retrying');
      this.#queue(now, isTimeout ? now + this.#backoff() : 0);
    }
    return true;
  }

  cancel(now: number): string {
    if (this.state === 'cancelling' || this.state === 'cancelled') return 'repeated';
    if (this.state === 'queued') {
      this.#over('cancelled', 'cancelled');
      return 'cancelled';
    }
    if (!this.held) return 'illegal';
    this.state = 'cancelling';
    this.held.until = Math.min(this.held.until, now + this.#policy.cancelGraceSeconds * 1000);
    return 'cancelled';
  }

  retry(now: number): boolean {
    if (this.state !== 'failed' && this.state !== 'cancelled') return false;
    this.most = this.attempt + this.#policy.maxAttempts;
    this.#queue(now, 0);
    return true;
  }

  #until({ since }: Held, now: number): number {
    const { leaseSeconds, timeoutSeconds } = this.#policy;
    const lease = now + leaseSeconds * 1000;
    return timeoutSeconds === null ? lease : Math.min(lease, since + timeoutSeconds * 1000);
  }

  #backoff(): number {
    const { retryBackoffSeconds, retryBackoffMaxSeconds, maxAttempts } = this.#policy;
    let wait = retryBackoffSeconds;
    for (let n = this.most - maxAttempts + 1; n < this.attempt; n += 1) wait *= 2;
    return Math.min(wait, retryBackoffMaxSeconds) * 1000;
  }

  #queue(now: number, notBefore: number): void {
    this.state = 'queued';
    this.notBefore = notBefore;
    this.startBy = Math.max(now, notBefore) + this.#policy.startWithinSeconds * 1000;
  }

  #over(state: State, event: string): void {
    this.state = state;
    this.#say(event);
  }

  #say(event: string): void {
    this.events.push(`${this.events.length + 1}.${event}`);
  }
}
