import type { Item, Key } from '../../lib/dispatch/ports.ts';
import { byBytes, type MemoryItems } from '../support/memory/items.ts';
import type { Scheduler } from './scheduler.ts';

/** How long an eventually consistent read may miss a write, ms. */
const STALE_MILLIS = 1_000;

interface Former {
  /** Undefined: there was none. */
  readonly item: Item | undefined;
  readonly until: number;
}

/** The items of a store as they were before the writes of the last moment. */
export class FormerItems {
  readonly #scheduler: Scheduler;
  readonly #items: MemoryItems;
  /** Partition → sort → what was there before the first write of the last moment. */
  readonly #former = new Map<string, Map<string, Former>>();

  constructor(scheduler: Scheduler, items: MemoryItems) {
    this.#scheduler = scheduler;
    this.#items = items;
  }

  /** To be called before an item is written or removed. */
  note(key: Key): void {
    if (this.#find(key)) return;
    const partition = this.#former.get(key.partition) ?? new Map<string, Former>();
    const former = { item: this.#items.get(key), until: this.#scheduler.now + STALE_MILLIS };
    this.#former.set(key.partition, partition.set(key.sort, former));
  }

  get(key: Key): Item | undefined {
    const former = this.#find(key);
    return former ? former.item : this.#items.get(key);
  }

  list(partition: string, { after = '', limit }: { after?: string; limit: number }): Item[] {
    const removed = [...(this.#former.get(partition)?.keys() ?? [])]
      .filter(sort => byBytes(sort, after) > 0 && !this.#items.get({ partition, sort }))
      .map(sort => ({ partition, sort }));
    const keys = this.#items
      .list(partition, { after, limit: Number.POSITIVE_INFINITY })
      .map(({ key }) => key);
    return [...keys, ...removed]
      .toSorted((a, b) => byBytes(a.sort, b.sort))
      .map(key => this.get(key))
      .filter(item => item !== undefined)
      .slice(0, limit);
  }

  #find({ partition, sort }: Key): Former | undefined {
    const former = this.#former.get(partition)?.get(sort);
    return former && former.until > this.#scheduler.now ? former : undefined;
  }
}
