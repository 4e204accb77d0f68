import type { DatabaseSync } from 'node:sqlite';

/** The form of the tables; a database of another form is refused rather than misread. */
const FORMAT = 2;

/** Refuses a database that is not Sluice's, or of a form that this Sluice does not know; it is left as it is. */
export function checkFormat(db: DatabaseSync): void {
  const format = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (format > FORMAT)
    throw new Error(`it was written by a newer Sluice (format ${format}; this one knows ${FORMAT})`);
  if (format !== 0 && format < FORMAT)
    throw new Error(`it was written by an older Sluice (format ${format}; this one knows ${FORMAT})`);
  if (format === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get())
    throw new Error('it is a database of another program');
}

/** Makes the tables of a new database. */
export function makeTables(db: DatabaseSync): void {
  db.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS items (
      partition TEXT NOT NULL,
      sort TEXT NOT NULL,
      version INTEGER NOT NULL,
      value ANY NOT NULL,
      PRIMARY KEY (partition, sort)
    ) STRICT, WITHOUT ROWID;
    -- AUTOINCREMENT, so that no ticket gets the id of a deleted one and with it the receipts given for that.
    CREATE TABLE IF NOT EXISTS tickets (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      queue TEXT NOT NULL,
      visible_at INTEGER NOT NULL,
      block INTEGER NOT NULL,
      generation INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS tickets_by_time ON tickets (queue, visible_at, id);
    PRAGMA user_version = ${FORMAT};
    COMMIT;
  `);
}
