import type { Item, JsonObject, Key, Store, Value } from '../dispatch/ports.ts';
import type { Database } from './database.ts';

/** Documents kept as they were read or written last: more than are worked on at once, some megabytes. */
const CACHED_ITEMS = 2048;

/**
 * `Store` on SQLite: JSON as text, so that any SQLite shell shows it; bytes as they are.
 *
 * This process alone has the database, so the documents it used last need not be read and parsed again.
 */
export function sqliteStore(database: Database): Store {
  const select = database.prepare('SELECT version, value FROM items WHERE partition = ? AND sort = ?');
  const insert = database.prepare(
    'INSERT INTO items (partition, sort, version, value) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE items SET version = version + 1, value = ? WHERE partition = ? AND sort = ? AND version = ?',
  );
  const page = database.prepare(
    'SELECT sort, version, value FROM items WHERE partition = ? AND sort > ? ORDER BY sort LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM items WHERE partition = ? AND sort = ?');

  const cache = new Map<string, Item>();
  let lossesSeen = database.losses;

  /** What was written in a turn that was lost is not there. */
  function forgetLost(): void {
    if (lossesSeen === database.losses) return;
    lossesSeen = database.losses;
    cache.clear();
  }

  function keep(item: Item): void {
    if (item.value instanceof Uint8Array || hasUndefined(item.value)) {
      cache.delete(nameOf(item.key));
      return;
    }
    if (cache.size >= CACHED_ITEMS) cache.delete(cache.keys().next().value ?? '');
    cache.set(nameOf(item.key), item);
  }

  return {
    async get(key) {
      forgetLost();
      const cached = cache.get(nameOf(key));
      if (cached) return cached;
      const row = database.read(() => select.get(key.partition, key.sort));
      const item = row && itemOf(key, row);
      if (item) keep(item);
      return item;
    },
    async put(key, value, expected) {
      const { partition, sort } = key;
      const stored = value instanceof Uint8Array ? value : JSON.stringify(value);
      return database.write(() => {
        forgetLost();
        const { changes } =
          expected === 0
            ? insert.run(partition, sort, stored)
            : update.run(stored, partition, sort, expected);
        if (changes === 1) keep({ key, value, version: expected + 1 });
        return changes === 1;
      });
    },
    async list(partition, { after = '', limit }) {
      const rows = database.read(() => page.all(partition, after, limit));
      return rows.map(row => itemOf({ partition, sort: String(row.sort) }, row));
    },
    async remove(keys) {
      database.write(() => {
        for (const key of keys) {
          remove.run(key.partition, key.sort);
          cache.delete(nameOf(key));
        }
      });
    },
  };
}

/** A member that is undefined is not stored, so such a document is not what will be read. */
function hasUndefined(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined;
  for (const member of Array.isArray(value) ? value : Object.values(value))
    if (hasUndefined(member)) return true;
  return false;
}

/** One name for both parts; the length tells where the first one ends. */
function nameOf({ partition, sort }: Key): string {
  return `${partition.length}/${partition}/${sort}`;
}

function itemOf(key: Key, row: Record<string, unknown>): Item {
  return { key, version: Number(row.version), value: storedValue(row.value) };
}

function storedValue(stored: unknown): Value {
  if (stored instanceof Uint8Array) return stored;
  const value: unknown = JSON.parse(String(stored));
  if (!isObject(value)) throw new Error('the store holds something that is not an object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
