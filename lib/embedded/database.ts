import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { PortUnavailable } from '../dispatch/ports.ts';
import { checkFormat, makeTables } from './tables.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

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

/** The database could not be used: the disk is full, or the file is damaged. Nothing of the turn was kept. */
export class DatabaseError extends PortUnavailable {
  constructor(cause: unknown) {
    super(`the database could not be used: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'DatabaseError';
  }
}

/**
 * One SQLite file, with one transaction for each turn of the event loop.
 *
 * All writes of a turn go into the same transaction, which is committed when the turn ends, so that requests that
 * arrive together pay for one commit together. A write is therefore only kept once its turn is: whoever answers a
 * caller does so through `durably`. A crash before then loses the whole turn, answers included.
 *
 * With `full` durability a turn is kept when the write-ahead log is on the disk. SQLite would wait for that inside the
 * commit (`synchronous=FULL`), and the whole process with it. Here the log is synced beside the work: while one sync
 * is under way the next turns are worked on, and share the sync that follows.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** How many turns were lost before the piece of work that runs now was begun. */
  readonly #lossesBefore = new AsyncLocalStorage<number>();
  readonly #log: WriteAheadLog | undefined;
  #turn: Turn | undefined;
  /** The turn begun last, until it is kept or lost; those before it are kept or lost no later. */
  #latest: Turn | undefined;
  #losses = 0;
  #lastLoss: DatabaseError | undefined;
  /** Called when a turn's writes were lost, so that whatever was remembered of them can be forgotten. */
  onLost: () => void = () => {};

  constructor({ path, durability = 'full' }: DatabaseOptions) {
    this.#db = open(path);
    this.#log = durability === 'full' && path !== ':memory:' ? new WriteAheadLog(`${path}-wal`) : undefined;
  }

  /** How often a turn's writes were lost. */
  get losses(): number {
    return this.#losses;
  }

  /** A prepared statement, kept for reuse; to be run inside `read` or `write`. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Reads what is kept and what this turn has written. */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new DatabaseError(error);
    }
  }

  /** Runs writes in this turn's transaction; an error loses the whole turn. */
  write<T>(work: () => T): T {
    this.#refuseAfterLoss();
    try {
      this.#turn ??= this.#begin();
      return work();
    } catch (error) {
      throw this.#lose(this.#turn, error);
    }
  }

  /**
   * Runs a piece of work that may take many turns, and resolves with its result once all it wrote is kept.
   * When a turn is lost meanwhile it fails with `DatabaseError`, and so does every further write of the work: it may
   * build on what is not there.
   */
  durably<T>(work: () => Promise<T>): Promise<T> {
    return this.#lossesBefore.run(this.#losses, async () => {
      const result = await work();
      await this.settled();
      return result;
    });
  }

  /** Resolves once all that was written before is kept; fails with `DatabaseError` when some of it was lost. */
  async settled(): Promise<void> {
    this.#refuseAfterLoss();
    await this.#latest?.ended;
  }

  /** Keeps the turn under way, and lets go of the file; closing again changes nothing. */
  close(): void {
    if (this.#turn) this.#commit(this.#turn);
    this.#log?.close();
    if (this.#db.isOpen) this.#db.close();
  }

  #refuseAfterLoss(): void {
    const before = this.#lossesBefore.getStore();
    if (this.#lastLoss && before !== undefined && before < this.#losses) throw this.#lastLoss;
  }

  #begin(): Turn {
    this.#db.exec('BEGIN IMMEDIATE');
    const turn = newTurn(() => {
      if (this.#latest === turn) this.#latest = undefined;
    });
    this.#latest = turn;
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
    if (!this.#log) {
      turn.keep();
      return;
    }
    this.#log.sync(error => (error ? turn.lose(new DatabaseError(error)) : turn.keep()));
  }

  #lose(turn: Turn | undefined, cause: unknown): DatabaseError {
    const error = new DatabaseError(cause);
    this.#turn = undefined;
    this.#losses += 1;
    this.#lastLoss = error;
    if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.onLost();
    turn?.lose(error);
    return error;
  }
}

function open(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    checkFormat(db);
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA cache_size = -16384;
      PRAGMA temp_store = MEMORY;
    `);
    makeTables(db);
    return db;
  } catch (cause) {
    db?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const says = /locked/.test(reason) ? 'is in use by another process' : `cannot be opened: ${reason}`;
    throw new Error(`${path} ${says}`, { cause });
  }
}

interface Turn {
  readonly ended: Promise<void>;
  readonly keep: () => void;
  readonly lose: (error: DatabaseError) => void;
}

function newTurn(onEnd: () => void): Turn {
  const { promise: ended, resolve: keep, reject: lose } = Promise.withResolvers<void>();
  // Nobody may be waiting for this turn; those who are get the error.
  ended.then(onEnd, onEnd);
  return { ended, keep, lose };
}
