import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { openDatabase } from '../support/embedded-home.ts';
import { NodeChild } from '../support/node-child.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOLDER = new URL('../support/open-database.ts', import.meta.url);

const pathOfNew = async () => join(await tempFolder(), 'sluice.db');

function pragma(database: Database, name: string): unknown {
  return Object.values(database.read(() => database.prepare(`PRAGMA ${name}`).get()) ?? {})[0];
}

test('a file that another process has open is refused in one sentence, and free when that process dies', async () => {
  const path = await pathOfNew();
  const holder = new NodeChild(HOLDER, path);
  await holder.firstLine();
  expect(() => new Database({ path })).toThrow(new Error(`${path} is in use by another process`));
  await holder.kill();
  openDatabase({ path });
});

test('a process that finds the file in use ends with that sentence', async () => {
  const path = await pathOfNew();
  openDatabase({ path });
  const second = new NodeChild(HOLDER, path);
  expect(await second.lines()).toEqual([]);
  expect(second.stderr).toContain(`${path} is in use by another process`);
});

test('a refused process leaves the file to its owner unharmed', async () => {
  const path = await pathOfNew();
  const database = openDatabase({ path });
  const store = sqliteStore(database);
  expect(() => new Database({ path })).toThrow('in use');
  await store.put({ partition: 'p', sort: 's' }, {}, 0);
  await database.settled();
});

test.each([
  { format: 3, by: 'a newer' },
  { format: 1, by: 'an older' },
])('a database of format $format is refused, for it was written by $by Sluice', async ({ format, by }) => {
  const path = await pathOfNew();
  const foreign = new DatabaseSync(path);
  foreign.exec(`PRAGMA user_version = ${format}`);
  foreign.close();
  const refusal = `${path} cannot be opened: it was written by ${by} Sluice (format ${format}; this one knows 2)`;
  expect(() => new Database({ path })).toThrow(new Error(refusal));
});

test('a database of another program is refused, and left as it was', async () => {
  const path = await pathOfNew();
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE letters (text TEXT)');
  other.close();
  const before = await readFile(path);
  expect(() => new Database({ path })).toThrow(
    `${path} cannot be opened: it is a database of another program`,
  );
  expect(await readFile(path)).toEqual(before);
});

test('a file that is no database is refused by name', async () => {
  const path = await pathOfNew();
  await writeFile(path, 'a letter to somebody else'.repeat(100));
  expect(() => new Database({ path })).toThrow(`${path} cannot be opened: file is not a database`);
});

test('a folder that is not there is named', () => {
  const path = '/nowhere/at/all/sluice.db';
  expect(() => new Database({ path })).toThrow(`${path} cannot be opened: unable to open database file`);
});

test('the log is written ahead, and SQLite itself syncs it at checkpoints', async () => {
  const database = openDatabase({ path: await pathOfNew() });
  expect(pragma(database, 'synchronous')).toBe(1);
  expect(pragma(database, 'journal_mode')).toBe('wal');
});

test('what was kept is there when the file is opened again', async () => {
  const path = await pathOfNew();
  const first = new Database({ path });
  await sqliteStore(first).put({ partition: 'p', sort: 's' }, { n: 1 }, 0);
  first.close();
  first.close();
  const again = sqliteStore(openDatabase({ path }));
  expect(await again.get({ partition: 'p', sort: 's' })).toMatchObject({ value: { n: 1 }, version: 1 });
});
