import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Database, type DatabaseOptions } from '../../lib/embedded/database.ts';
import { tempFolder } from './temp-folder.ts';

/** A database in a file of the running test's own, closed when it ends. */
export async function tempDatabase(): Promise<Database> {
  return openDatabase({ path: join(await tempFolder(), 'sluice.db') });
}

/** Opens a database, and closes it when the running test ends. */
export function openDatabase(options: DatabaseOptions): Database {
  const database = new Database(options);
  onTestFinished(() => database.close());
  return database;
}

/** Opens what a crash at this very moment would leave of a database. */
export function afterCrash(path: string): Database {
  const copy = `${path}.${crypto.randomUUID()}`;
  copyFileSync(path, copy);
  copyFileSync(`${path}-wal`, `${copy}-wal`);
  return openDatabase({ path: copy });
}

/** Makes the commit of this turn fail, as a full disk may. */
export function spoilTurn(database: Database): void {
  database.write(() => {
    for (const sql of [
      'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
      'CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)',
      'INSERT INTO child VALUES (1)',
    ])
      database.prepare(sql).run();
  });
}
