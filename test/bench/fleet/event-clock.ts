import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../lib/dispatch/ports.ts';
import { TimeHeap } from './time-heap.ts';

/** Virtual time for hundreds of thousands of sleepers, told in whole milliseconds as `Date.now` does. */
export class EventClock implements Clock {
  #now = Date.UTC(2030, 0, 1);
  readonly #wakings = new TimeHeap<() => void>();

  now(): number {
    return this.#now;
  }

  sleep(millis: number): Promise<void> {
    if (millis <= 0) return Promise.resolve();
    return new Promise(resolve => this.#wakings.push(this.#now + Math.ceil(millis), resolve));
  }

  /** Lets time pass until something is so. Fails when nothing more can happen. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      // It comes after all that promises can do.
      await turn();
      if (isOver()) return;
      const next = this.#wakings.earliest;
      if (next === undefined) throw new Error('nothing more happens');
      this.#now = next;
      for (let wake = this.#wakings.popUntil(next); wake; wake = this.#wakings.popUntil(next)) wake();
    }
  }
}
