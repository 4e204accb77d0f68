import type { Item, JsonObject, Key, Store, Value } from '../dispatch/ports.ts';
import type { Database } from './database.ts';

/** `Store` on SQLite: JSON as text, so that any SQLite shell shows it; bytes as they are. */
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

  return {
    async get(key) {
      const row = database.read(() => select.get(key.partition, key.sort));
      return row && itemOf(key, row);
    },
    async put({ partition, sort }, value, expected) {
      const stored = value instanceof Uint8Array ? value : JSON.stringify(value);
      return database.write(() => {
        const { changes } =
          expected === 0
            ? insert.run(partition, sort, stored)
            : update.run(stored, partition, sort, expected);
        return changes === 1;
      });
    },
    async list(partition, { after = '', limit }) {
      const rows = database.read(() => page.all(partition, after, limit));
      return rows.map(row => itemOf({ partition, sort: String(row.sort) }, row));
    },
    async remove(keys) {
      database.write(() => {
        for (const { partition, sort } of keys) remove.run(partition, sort);
      });
    },
  };
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
