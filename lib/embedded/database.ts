import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { PortUnavailable } from '../dispatch/ports.ts';

export interface DatabaseOptions {
  /** The database's file, or `:memory:`. */
  readonly path: string;
  /**
   * `full` (the default) survives a power cut: every answer waits until it is on the disk.
   * `normal` survives the death of the process, and may lose the last moments in a power cut.
   */
  readonly durability?: Durability | undefined;
}
export type Durability = 'full' | 'normal';

/** The database could not write: the disk is full, the file is locked, or it is damaged. Nothing of the turn was kept. */
export class DatabaseError extends PortUnavailable {
  constructor(cause: unknown) {
    super(`the database could not be written: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'DatabaseError';
  }
}

/** The form of the tables; a database of another form is refused rather than misread. */
const FORMAT = 1;

/**
 * One SQLite file, with one transaction for each turn of the event loop.
 *
 * All writes of a turn go into the same transaction, which is committed when the turn ends, so that requests that
 * arrive together pay for one sync of the disk together. A write is therefore only kept once `settled` resolves:
 * whoever answers a caller awaits that first. A crash before then loses the whole turn, answers included.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #turn: Turn | undefined;
  /** Called when a turn's writes were lost, so that whatever was remembered of them can be forgotten. */
  onLost: () => void = () => {};

  constructor({ path, durability = 'full' }: DatabaseOptions) {
    this.#db = new DatabaseSync(path, { timeout: 0 });
    try {
      this.#db.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA cache_size = -65536;
        PRAGMA temp_store = MEMORY;
      `);
      this.#migrate(path);
    } catch (error) {
      this.#db.close();
      if (error instanceof Error && /locked/.test(error.message))
        throw new Error(`${path} is in use by another process`, { cause: error });
      throw error;
    }
  }

  /** A prepared statement, kept for reuse. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs writes in this turn's transaction. */
  write<T>(work: () => T): T {
    this.#turn ??= this.#begin();
    try {
      return work();
    } catch (error) {
      throw this.#lose(this.#turn, error);
    }
  }

  /** Resolves once all that was written before is kept; fails with `DatabaseError` when it was lost. */
  settled(): Promise<void> {
    return this.#turn?.ended ?? Promise.resolve();
  }

  close(): void {
    if (this.#turn) this.#commit(this.#turn);
    this.#db.close();
  }

  #migrate(path: string): void {
    const row = this.#db.prepare('PRAGMA user_version').get();
    const format = Number(row?.['user_version'] ?? 0);
    if (format > FORMAT)
      throw new Error(`${path} was written by a newer Sluice (format ${format}, this one reads ${FORMAT})`);
    this.#db.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS items (
        partition TEXT NOT NULL,
        sort TEXT NOT NULL,
        version INTEGER NOT NULL,
        value ANY NOT NULL,
        PRIMARY KEY (partition, sort)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tickets (
        id INTEGER PRIMARY KEY,
        queue TEXT NOT NULL,
        visible_at INTEGER NOT NULL,
        block INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX IF NOT EXISTS tickets_by_time ON tickets (queue, visible_at, id);
      PRAGMA user_version = ${FORMAT};
      COMMIT;
    `);
  }

  #begin(): Turn {
    this.#db.exec('BEGIN IMMEDIATE');
    const turn = newTurn();
    setImmediate(() => this.#commit(turn));
    return turn;
  }

  #commit(turn: Turn): void {
    if (this.#turn !== turn) return;
    try {
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#lose(turn, error);
      return;
    }
    this.#turn = undefined;
    turn.keep();
  }

  #lose(turn: Turn | undefined, cause: unknown): DatabaseError {
    const error = new DatabaseError(cause);
    this.#turn = undefined;
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.onLost();
    turn?.lose(error);
    return error;
  }
}

interface Turn {
  readonly ended: Promise<void>;
  readonly keep: () => void;
  readonly lose: (error: DatabaseError) => void;
}

function newTurn(): Turn {
  const { promise: ended, resolve: keep, reject: lose } = Promise.withResolvers<void>();
  // Nobody may be waiting for this turn; those who are get the error.
  ended.catch(() => {});
  return { ended, keep, lose };
}
