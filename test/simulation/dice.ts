import { seededRandom } from '../support/memory/random.ts';

/** All that is left to chance, from one seed. */
export class Dice {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    // Neighbouring seeds begin alike.
    for (let n = 0; n < 3; n += 1) this.random();
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** A whole number from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  pick<T>(...choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }
}
