import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { PortUnavailable, type Store } from '../../lib/dispatch/ports.ts';
import { type Database, DatabaseError } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { afterCrash, openDatabase, spoilTurn } from '../support/embedded-home.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Bytes of a page in the write-ahead log. */
const FRAME_BYTES = 4096 + 24;

async function setup() {
  const path = join(await tempFolder(), 'sluice.db');
  const database = openDatabase({ path });
  await database.settled();
  const store = sqliteStore(database);
  const frames = async () => Math.round((await stat(`${path}-wal`)).size / FRAME_BYTES);
  return { path, database, store, frames };
}

const put = (store: Store, sort: string) => store.put({ partition: 'p', sort }, { kept: true }, 0);

async function sortsIn(store: Store): Promise<string[]> {
  return (await store.list('p', { limit: 1000 })).map(({ key }) => key.sort);
}

function sortsAfterCrash(path: string): Promise<string[]> {
  return sortsIn(sqliteStore(afterCrash(path)));
}

/** Loses the turn after this one. */
async function loseATurn(database: Database): Promise<void> {
  await turn();
  spoilTurn(database);
  await turn();
}

describe('a turn', () => {
  test('pays for one commit, however much is written in it', async () => {
    const { database, store, frames } = await setup();
    const before = await frames();
    for (let n = 0; n < 50; n += 1) void put(store, `a${n}`);
    await database.settled();
    const afterOne = await frames();
    for (let n = 0; n < 50; n += 1) {
      await put(store, `b${n}`);
      await database.settled();
    }
    expect(afterOne - before).toBeLessThan(10);
    expect((await frames()) - afterOne).toBeGreaterThanOrEqual(50);
  });

  test('is seen by reads at once', async () => {
    const { store } = await setup();
    await put(store, 'a');
    expect(await sortsIn(store)).toEqual(['a']);
  });

  test('is kept as a whole once it is settled, and not at all before', async () => {
    const { path, database, store } = await setup();
    await put(store, 'a');
    await put(store, 'b');
    expect(await sortsAfterCrash(path)).toEqual([]);
    await database.settled();
    expect(await sortsAfterCrash(path)).toEqual(['a', 'b']);
  });

  test('without writes has nothing to settle', async () => {
    const { database } = await setup();
    await database.settled();
  });

  test('is kept when the database is closed in the middle of it', async () => {
    const path = join(await tempFolder(), 'sluice.db');
    const database = openDatabase({ path });
    await put(sqliteStore(database), 'a');
    database.close();
    expect(await sortsIn(sqliteStore(openDatabase({ path })))).toEqual(['a']);
  });
});

describe('a turn whose commit fails', () => {
  test('rejects what waits for it, tells whoever remembers, and leaves nothing', async () => {
    const { database, store } = await setup();
    database.onLost = vi.fn();
    await put(store, 'a');
    spoilTurn(database);
    await put(store, 'b');
    await expect(database.settled()).rejects.toThrow(DatabaseError);
    expect(database.onLost).toHaveBeenCalledOnce();
    expect(await sortsIn(store)).toEqual([]);
    expect(await store.get({ partition: 'p', sort: 'a' })).toBeUndefined();
    expect(await put(store, 'a')).toBe(true);
  });

  test('is forgotten by those who come later', async () => {
    const { path, database, store } = await setup();
    await loseATurn(database);
    await put(store, 'later');
    await database.settled();
    expect(await sortsAfterCrash(path)).toEqual(['later']);
  });

  test('harms nothing when nobody waits for it', async () => {
    const { database, store } = await setup();
    await loseATurn(database);
    expect(await sortsIn(store)).toEqual([]);
  });
});

describe('a write that fails', () => {
  const failing = (database: Database) => () =>
    database.write(() => database.prepare('INSERT INTO items (partition) VALUES (NULL)').run());

  test('throws what the ports throw, and loses the turn', async () => {
    const { database, store } = await setup();
    database.onLost = vi.fn();
    await put(store, 'a');
    const settled = database.settled();
    expect(failing(database)).toThrow(PortUnavailable);
    await expect(settled).rejects.toThrow(PortUnavailable);
    expect(database.onLost).toHaveBeenCalledOnce();
    expect(await sortsIn(store)).toEqual([]);
  });

  test('spares what is written after it in the same turn of the event loop', async () => {
    const { path, database, store } = await setup();
    expect(failing(database)).toThrow(PortUnavailable);
    await put(store, 'after');
    await database.settled();
    expect(await sortsAfterCrash(path)).toEqual(['after']);
  });
});

test('a closed database refuses reads and writes as unavailable', async () => {
  const database = openDatabase({ path: join(await tempFolder(), 'sluice.db') });
  const store = sqliteStore(database);
  database.close();
  await expect(put(store, 'a')).rejects.toThrow(PortUnavailable);
  await expect(store.get({ partition: 'p', sort: 'a' })).rejects.toThrow(PortUnavailable);
});
