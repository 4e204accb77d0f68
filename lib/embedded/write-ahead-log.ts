import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/** Told once what was written before is on the disk, or that it may not be. */
type OnSynced = (failure: unknown) => void;

/** From how slow a sync on it is worth while to hand it to another thread, and to hear of its end. */
const WORTH_MILLIS = 0.4;
/** Syncs made beside the work before it is tried again how slow they are. */
const BESIDE = 500;
/** How much one sync counts in the average: a slow one now and then is no slow disk. */
const WEIGHT = 1 / 64;

/**
 * SQLite's write-ahead log, synced to the disk beside the work: one sync at a time, and whoever comes while it is
 * under way shares the next one. SQLite itself syncs the log before each checkpoint and after each restart of the log
 * (`synchronous=NORMAL`), so this is all that `synchronous=FULL` adds.
 *
 * On a disk that is quick the work waits instead: that costs it less, and what comes meanwhile shares the next turn.
 */
export class WriteAheadLog {
  readonly #path: string;
  #file: number | undefined;
  #waiting: OnSynced[] = [];
  #isSyncing = false;
  /** After a failed sync the kernel may have dropped the pages, so that a later one would succeed without them. */
  #failure: unknown;
  /** Syncs to be made beside the work before the next one that it waits for. */
  #beside = BESIDE;
  /** What those take about that the work waits for. */
  #averageMillis = WORTH_MILLIS / 2;

  constructor(path: string) {
    this.#path = path;
  }

  /** Tells when all that is in the log now is on the disk. */
  sync(onSynced: OnSynced): void {
    this.#waiting.push(onSynced);
    if (!this.#isSyncing) this.#syncNext();
  }

  /** Syncs what is left, and lets go of the file. */
  close(): void {
    if (this.#file === undefined) return;
    fdatasyncSync(this.#file);
    this.#tell(this.#waiting.splice(0));
    // A sync under way still needs the file, and closes it.
    if (!this.#isSyncing) closeSync(this.#file);
    this.#file = undefined;
  }

  #syncNext(): void {
    // The log is there once something was committed, and stays the same file while its connection is open.
    this.#file ??= openSync(this.#path, 'r');
    const batch = this.#waiting;
    this.#waiting = [];
    if (this.#beside === 0) this.#syncNow(this.#file, batch);
    else this.#syncBeside(this.#file, batch);
  }

  #syncNow(file: number, batch: readonly OnSynced[]): void {
    const begin = performance.now();
    try {
      fdatasyncSync(file);
    } catch (error) {
      this.#failure ??= error;
    }
    this.#averageMillis += (performance.now() - begin - this.#averageMillis) * WEIGHT;
    if (this.#averageMillis > WORTH_MILLIS) {
      this.#beside = BESIDE;
      this.#averageMillis = WORTH_MILLIS / 2;
    }
    this.#tell(batch);
  }

  #syncBeside(file: number, batch: readonly OnSynced[]): void {
    this.#beside -= 1;
    this.#isSyncing = true;
    fdatasync(file, error => {
      this.#isSyncing = false;
      this.#failure ??= error;
      this.#tell(batch);
      if (this.#file === undefined) closeSync(file);
      else if (this.#waiting.length > 0) this.#syncNext();
    });
  }

  #tell(batch: readonly OnSynced[]): void {
    for (const onSynced of batch) onSynced(this.#failure);
  }
}
