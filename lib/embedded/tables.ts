import type { DatabaseSync } from 'node:sqlite';

/** The form of the tables; a database of another form is refused rather than misread. */
const FORMAT = 1;

/** Makes the tables of a new database, or checks the form of an old one. */
export function migrate(db: DatabaseSync): void {
  const format = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (format > FORMAT)
    throw new Error(`it was written by a newer Sluice (format ${format}; this one knows ${FORMAT})`);
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
