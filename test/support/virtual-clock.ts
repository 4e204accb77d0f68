import { setImmediate as turn } from 'node:timers/promises';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Time that passes only when a test says so. */
export class VirtualClock {
  #now = Date.UTC(2030, 0, 1);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (ms <= 0 || signal?.aborted) return resolve();
      const ring = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener('abort', ring);
        resolve();
      };
      const timer = { at: this.#now + ms, ring };
      this.#timers.add(timer);
      signal?.addEventListener('abort', ring, { once: true });
    });
  }

  turn(): Promise<void> {
    return turn();
  }

  /** How many sleep. */
  get sleepers(): number {
    return this.#timers.size;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 25; turns += 1) await turn();
  }

  /** Lets this many seconds pass, each timer in its turn. */
  async pass(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1000;
    for (;;) {
      await this.settle();
      const next = this.#next();
      if (!next || next.at > end) break;
      this.#ring(next);
    }
    this.#now = end;
  }

  /** Lets time pass until the promise is settled, and returns its value; fails when nothing more can happen. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const end = () => {
      settled = true;
    };
    promise.then(end, end);
    for (;;) {
      await this.settle();
      if (settled) break;
      const next = this.#next();
      if (!next) throw new Error('nothing more happens: the promise waits for ever');
      this.#ring(next);
    }
    return promise;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer;
    return next;
  }

  #ring(timer: Timer): void {
    this.#now = Math.max(this.#now, timer.at);
    timer.ring();
  }
}
