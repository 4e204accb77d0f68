import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Database, DatabaseError } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { afterCrash, openDatabase, spoilTurn } from '../support/embedded-home.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function setup() {
  const path = join(await tempFolder(), 'sluice.db');
  const database = openDatabase({ path });
  const store = sqliteStore(database);
  const put = (sort: string) => store.put({ partition: 'p', sort }, {}, 0);
  const sorts = async () => (await store.list('p', { limit: 10 })).map(({ key }) => key.sort);
  return { path, database, put, sorts };
}

async function loseATurn(database: Database): Promise<void> {
  await turn();
  spoilTurn(database);
  await turn();
}

test('a piece of work has its result when all it wrote is kept', async () => {
  const { path, database, put } = await setup();
  const result = await database.durably(async () => {
    await put('a');
    await turn();
    await put('b');
    return 'the result';
  });
  expect(result).toBe('the result');
  const kept = sqliteStore(afterCrash(path));
  expect(await kept.list('p', { limit: 10 })).toHaveLength(2);
});

test('a piece of work that wrote in a lost turn fails, though its last turn was kept', async () => {
  const { database, put } = await setup();
  const work = database.durably(async () => {
    await put('lost');
    spoilTurn(database);
    await turn();
    return 'an answer that nobody may hear';
  });
  await expect(work).rejects.toThrow(DatabaseError);
});

test('a piece of work that saw a turn which was lost may not write again', async () => {
  const { database, put, sorts } = await setup();
  const work = database.durably(async () => {
    await put('first');
    await loseATurn(database);
    await put('builds on the first').catch(() => {});
    await turn();
    await put('builds on both');
  });
  await expect(work).rejects.toThrow(DatabaseError);
  expect(await sorts()).toEqual(['first']);
});

test('a piece of work that only read in a lost turn fails, as it may have read what is not there', async () => {
  const { database, put, sorts } = await setup();
  const work = database.durably(async () => {
    await turn();
    const seen = await sorts();
    await turn();
    return seen;
  });
  await turn();
  await put('never kept');
  spoilTurn(database);
  await expect(work).rejects.toThrow(DatabaseError);
});

test('work begun after a loss goes on, even from within work that fails of it', async () => {
  const { database, put, sorts } = await setup();
  let inner: Promise<boolean> | undefined;
  const outer = database.durably(async () => {
    await loseATurn(database);
    inner = database.durably(() => put('inner'));
  });
  await expect(outer).rejects.toThrow(DatabaseError);
  expect(await inner).toBe(true);
  expect(await database.durably(() => put('later'))).toBe(true);
  expect(await sorts()).toEqual(['inner', 'later']);
});

test('an error of the work itself is passed on', async () => {
  const { database } = await setup();
  const failing = database.durably(async () => {
    throw new Error('its own');
  });
  await expect(failing).rejects.toThrow('its own');
});
