import { FAULTS, type Fault } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

export interface Climate {
  /** The faults that may happen. */
  readonly faults: readonly Fault[];
  /** Their rates are multiplied by it. */
  readonly intensity: number;
  /** After this many no more happen. */
  readonly mostFaults: number;
  /** After this time no more happen. */
  readonly stormSeconds: number;
}

/** Says what goes wrong, and counts it. */
export class Weather {
  readonly #scheduler: Scheduler;
  readonly #climate: Climate;
  readonly #rates: Map<Fault, number>;
  readonly #endsAt: number;
  readonly injected: Fault[] = [];
  /** The service is away until then, ms since 1970. */
  #awayUntil = 0;
  #throttledUntil = 0;

  constructor(scheduler: Scheduler, climate: Climate) {
    this.#scheduler = scheduler;
    this.#climate = climate;
    this.#endsAt = scheduler.now + climate.stormSeconds * 1000;
    this.#rates = new Map(climate.faults.map(name => [name, FAULTS[name].rate * climate.intensity]));
  }

  get isStorm(): boolean {
    return this.#scheduler.now < this.#endsAt;
  }

  /** Which of these faults happens now, if any: one throw of the dice for all. */
  strikes<const F extends Fault>(...faults: readonly F[]): F | undefined {
    if (!this.isStorm || this.#rates.size === 0) return undefined;
    let left = this.#scheduler.dice.random();
    for (const name of faults) {
      left -= this.#rates.get(name) ?? 0;
      if (left >= 0) continue;
      if (this.injected.length >= this.#climate.mostFaults) return undefined;
      this.injected.push(name);
      return name;
    }
    return undefined;
  }

  beginOutage(): void {
    this.#awayUntil = this.#scheduler.now + this.#scheduler.dice.between(10, 90) * 1000;
  }

  get isOutage(): boolean {
    return this.#scheduler.now < this.#awayUntil;
  }

  beginThrottling(): void {
    this.#throttledUntil = this.#scheduler.now + this.#scheduler.dice.between(2, 20) * 1000;
  }

  /** Whether a request is answered 429. */
  get refusesRequest(): boolean {
    return this.#scheduler.now < this.#throttledUntil && this.#scheduler.dice.chance(0.8);
  }
}
