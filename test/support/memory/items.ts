import type { Item, Key, Value } from '../../../lib/dispatch/ports.ts';

/** Told of every write before it takes place; undefined stands for no item. */
export type WriteWatcher = (key: Key, before: Value | undefined, after: Value | undefined) => void;

/** JSON as text and bytes of its own: who puts something cannot change it any more. */
interface StoredItem {
  readonly version: number;
  readonly value: string | Uint8Array;
  /** What it was read as; nobody changes that. */
  item?: Item;
}

/** The items of a store, and who watches them change. */
export class MemoryItems {
  watcher: WriteWatcher | undefined;
  /** Partition → sort → item. */
  #partitions = new Map<string, Map<string, StoredItem>>();

  get(key: Key): Item | undefined {
    const stored = this.#partitions.get(key.partition)?.get(key.sort);
    return stored && itemOf(key, stored);
  }

  put(key: Key, value: Value, expected: number): boolean {
    const before = this.#partitions.get(key.partition)?.get(key.sort);
    if ((before?.version ?? 0) !== expected) return false;
    const stored: StoredItem = {
      version: expected + 1,
      value: value instanceof Uint8Array ? value.slice() : JSON.stringify(value),
    };
    this.watcher?.(key, before && itemOf(key, before).value, itemOf(key, stored).value);
    const partition = this.#partitions.get(key.partition) ?? new Map<string, StoredItem>();
    this.#partitions.set(key.partition, partition.set(key.sort, stored));
    return true;
  }

  list(partition: string, { after = '', limit }: { after?: string; limit: number }): Item[] {
    return [...(this.#partitions.get(partition) ?? [])]
      .filter(([sort]) => byBytes(sort, after) > 0)
      .sort(([a], [b]) => byBytes(a, b))
      .slice(0, limit)
      .map(([sort, stored]) => itemOf({ partition, sort }, stored));
  }

  remove(keys: readonly Key[]): void {
    for (const key of keys) {
      const before = this.get(key);
      if (!before) continue;
      this.watcher?.(key, before.value, undefined);
      const partition = this.#partitions.get(key.partition);
      partition?.delete(key.sort);
      if (partition?.size === 0) this.#partitions.delete(key.partition);
    }
  }

  /** Answers what puts everything back as it is now. */
  save(): () => void {
    const saved = new Map([...this.#partitions].map(([name, items]) => [name, new Map(items)]));
    return () => {
      this.#partitions = saved;
    };
  }

  /** The partitions that hold something. */
  partitions(): string[] {
    return [...this.#partitions.keys()].sort();
  }
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function itemOf(key: Key, stored: StoredItem): Item {
  const { version, value } = stored;
  stored.item ??= { key, version, value: typeof value === 'string' ? objectOf(JSON.parse(value)) : value };
  return stored.item;
}

function objectOf(value: unknown): Exclude<Value, Uint8Array> {
  if (!isObject(value)) throw new Error('only objects and bytes can be stored');
  return value;
}

function isObject(value: unknown): value is Exclude<Value, Uint8Array> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
