import type { Clock } from '../../../lib/dispatch/ports.ts';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/**
 * Virtual time that passes by itself: whenever nothing else can happen, it is the time of the next timer. So a
 * test just awaits what it asked for, and days take milliseconds. It is told in whole milliseconds, as `Date.now` does.
 */
export class MemoryClock implements Clock {
  #now = Date.UTC(2030, 0, 1);
  #passing = false;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  sleep(millis: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (millis <= 0 || signal?.aborted) return resolve();
      const ring = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener('abort', ring);
        resolve();
      };
      const timer = { at: this.#now + Math.ceil(millis), ring };
      this.#timers.add(timer);
      signal?.addEventListener('abort', ring, { once: true });
      this.#pass();
    });
  }

  /** An immediate runs after all that promises can do was done. */
  #pass(): void {
    if (this.#passing) return;
    this.#passing = true;
    setImmediate(() => {
      this.#passing = false;
      const next = this.#next();
      if (next) this.#now = Math.max(this.#now, next.at);
      next?.ring();
      if (this.#timers.size > 0) this.#pass();
    });
  }

  /** The earliest timer, the oldest among equals. */
  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer;
    return next;
  }
}
