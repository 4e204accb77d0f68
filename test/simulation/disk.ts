import type { MemoryItems } from '../support/memory/items.ts';
import type { Queues } from './queues.ts';
import type { Host, Scheduler } from './scheduler.ts';

/** What was written is on the disk after this time at the latest, ms. */
const SYNC_MILLIS = 20;

/** What was written and is not on the disk yet. */
interface Unkept {
  /** Puts back what was there before. */
  readonly undo: () => void;
  readonly kept: Promise<void>;
  readonly keep: () => void;
}

/**
 * The disk of one machine: store and queues are written there together, a moment later. What is not there yet goes with
 * the process that wrote it.
 */
export class Disk {
  readonly #scheduler: Scheduler;
  readonly #nowhere: Host;
  readonly #items: MemoryItems;
  readonly #queues: Queues;
  #unkept: Unkept | undefined;

  constructor(scheduler: Scheduler, nowhere: Host, items: MemoryItems, queues: Queues) {
    this.#scheduler = scheduler;
    this.#nowhere = nowhere;
    this.#items = items;
    this.#queues = queues;
  }

  /** To be called before each write. */
  write(): void {
    if (this.#unkept) return;
    const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
    const undoItems = this.#items.save();
    const undoQueues = this.#queues.save();
    const unkept = {
      ...{ kept, keep },
      undo() {
        undoItems();
        undoQueues();
      },
    };
    this.#unkept = unkept;
    this.#scheduler.after(this.#scheduler.dice.between(1, SYNC_MILLIS), this.#nowhere, () => {
      if (this.#unkept !== unkept) return;
      this.#unkept = undefined;
      keep();
    });
  }

  /** Resolves when all that was written before is kept; never, should it be lost. */
  get settled(): Promise<void> {
    return this.#unkept?.kept ?? Promise.resolve();
  }

  /** The process died: what is not kept was never written. */
  lose(): void {
    this.#unkept?.undo();
    this.#unkept = undefined;
  }
}
