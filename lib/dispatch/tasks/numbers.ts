import * as z from 'zod';
import { untilWritten } from '../conflicts.ts';
import type { Home } from '../home.ts';
import type { Key } from '../ports.ts';

/** The numbers of a queue's tasks: those given out end with `last`, and none before `first` is kept any more. */
const Range = z.object({ first: z.int(), last: z.int() });
export type NumberRange = z.infer<typeof Range>;

const NONE: NumberRange = { first: 1, last: 0 };

/** Numbers that were taken, and when. */
interface Taken {
  readonly numbers: readonly number[];
  readonly at: number;
}

/** Numbers that a process took are used within this time, or never. */
const KEPT_MILLIS = 60_000;

type NumbersHome = Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;

/**
 * Gives tasks their numbers, each once. A process takes as many at a time as the layout says: those it does not use
 * are never used, and between processes numbers are in the order of submission only roughly.
 */
export class TaskNumbers {
  readonly #home: NumbersHome;
  /** Queue → numbers taken and not yet used. */
  readonly #taken = new Map<string, Taken>();

  constructor(home: NumbersHome) {
    this.#home = home;
  }

  /** `count` new numbers, ascending. */
  async take(queue: string, count: number): Promise<number[]> {
    const left = this.#left(queue);
    const missing = count - left.length;
    if (missing <= 0) {
      this.#taken.set(queue, { numbers: left.slice(count), at: this.#taken.get(queue)?.at ?? 0 });
      return left.slice(0, count);
    }
    // What is left is taken at once: others come by while this waits.
    this.#taken.delete(queue);
    const at = this.#home.clock.now();
    const more = Math.max(missing, this.#home.layout.taskNumbers);
    const { last } = await this.change(queue, range => ({ ...range, last: range.last + more }));
    const numbers = Array.from({ length: more }, (_, n) => last - more + 1 + n);
    if (more > missing) this.#taken.set(queue, { numbers: numbers.slice(missing), at });
    return [...left, ...numbers.slice(0, missing)];
  }

  /** The numbers that can still be used: soon nobody looks for a task under an old one any more. */
  #left(queue: string): readonly number[] {
    const taken = this.#taken.get(queue);
    return taken && this.#home.clock.now() - taken.at < KEPT_MILLIS ? taken.numbers : [];
  }

  async range(queue: string): Promise<NumberRange> {
    const item = await this.#home.store.get(keyOf(queue));
    return item ? Range.parse(item.value) : NONE;
  }

  change(queue: string, change: (range: NumberRange) => NumberRange): Promise<NumberRange> {
    return untilWritten(this.#home, `the numbers of queue ${queue}`, async () => {
      const item = await this.#home.store.get(keyOf(queue));
      const next = change(item ? Range.parse(item.value) : NONE);
      return (await this.#home.store.put(keyOf(queue), next, item?.version ?? 0))
        ? { written: next }
        : undefined;
    });
  }

  forget(): void {
    this.#taken.clear();
  }
}

function keyOf(queue: string): Key {
  return { partition: 'counters', sort: `tasks-${queue}` };
}
