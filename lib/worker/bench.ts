import { type FatalError, type FileTask, type Handler, type Outcome, outcomeOf } from './handler.ts';

/** What came of a file that left the bench. */
export type Left =
  | { readonly file: FileTask; readonly outcome: Outcome }
  /** It goes back as if it had not been begun. */
  | { readonly file: FileTask; readonly released: true };

/** A file on the bench, and until when it is held: the deadline as of when it was learnt, both ms since 1970. */
export interface Hold {
  readonly token: string;
  readonly deadline: number | null;
  readonly since: number;
}

/**
 * The files a worker holds: some being worked on, never more than `concurrency` at once, others waiting their turn.
 */
export interface Bench {
  /** Files held, with those whose handler has not ended yet although its result is not wanted any more. */
  readonly size: number;
  readonly isIdle: boolean;
  add(files: readonly FileTask[]): void;
  /** The leases that are still wanted. */
  holds(): Iterable<Hold>;
  /** The lease of a file was extended. */
  extend(token: string, deadline: number | null): void;
  /** The file is held no longer: it leaves without a report, its handler is aborted. */
  lose(token: string): void;
  loseAll(): void;
  /** Gives back the files that were not begun. */
  giveBackWaiting(): void;
  /** Gives back all files, and aborts their handlers. */
  giveBackAll(): void;
  /** Aborts the handlers; a file that is not done then counts as failed, to be tried again. */
  interrupt(): void;
  /** Waits no longer for handlers that pay no heed to being aborted. */
  abandon(): void;
}

export interface BenchOptions {
  readonly concurrency: number;
  readonly handler: Handler;
  readonly now: () => number;
  readonly onBegun: (file: FileTask) => void;
  readonly onLeft: (left: Left) => void;
  readonly onLost: (file: FileTask) => void;
  /** The handler says that no file can be worked on here; the file itself is given back. */
  readonly onFatal: (error: unknown) => void;
  /** Files came or went. */
  readonly onChange: () => void;
}

/** What is wanted of a running handler's result. */
type Fate = 'wanted' | 'interrupted' | 'given-back' | 'lost';

interface Item {
  readonly file: FileTask;
  readonly abort: AbortController;
  fate: Fate;
  hold: Hold;
}

const INTERRUPTED: Outcome = {
  failed: 'interrupted: the worker was stopped before the file was finished',
  retry: true,
};

export function createBench(options: BenchOptions): Bench {
  const waiting = new Map<string, Item>();
  const running = new Map<string, Item>();

  function begin(): void {
    for (const [token, item] of waiting) {
      if (running.size >= options.concurrency) return;
      waiting.delete(token);
      running.set(token, item);
      work(item).catch(options.onFatal);
    }
  }

  async function work(item: Item): Promise<void> {
    options.onBegun(item.file);
    const outcome = await outcomeOf(options.handler, item.file, { signal: item.abort.signal });
    if (running.get(item.file.token) !== item) return;
    running.delete(item.file.token);
    leave(item, outcome);
    begin();
    options.onChange();
  }

  function leave({ file, fate }: Item, outcome: Outcome | { fatal: FatalError }): void {
    if ('fatal' in outcome) options.onFatal(outcome.fatal);
    if (fate === 'lost') return;
    if (fate === 'given-back' || 'fatal' in outcome) options.onLeft({ file, released: true });
    else
      options.onLeft({
        file,
        outcome: fate === 'interrupted' && 'failed' in outcome ? INTERRUPTED : outcome,
      });
  }

  function abort(item: Item, fate: Fate): void {
    if (item.fate === 'lost') return;
    item.fate = fate;
    item.abort.abort();
  }

  const find = (token: string) => waiting.get(token) ?? running.get(token);
  const bench: Bench = {
    get size() {
      return waiting.size + running.size;
    },
    get isIdle() {
      return bench.size === 0;
    },
    add(files) {
      for (const file of files) {
        const { token, deadline } = file;
        const hold = { token, deadline, since: options.now() };
        waiting.set(token, { file, abort: new AbortController(), fate: 'wanted', hold });
      }
      begin();
      options.onChange();
    },
    *holds() {
      for (const items of [running, waiting])
        for (const { fate, hold } of items.values())
          if (fate === 'wanted' || fate === 'interrupted') yield hold;
    },
    extend(token, deadline) {
      const item = find(token);
      if (item) item.hold = { token, deadline, since: options.now() };
    },
    lose(token) {
      const item = find(token);
      if (!item || item.fate === 'lost') return;
      waiting.delete(token);
      abort(item, 'lost');
      options.onLost(item.file);
      options.onChange();
    },
    loseAll() {
      for (const token of [...waiting.keys(), ...running.keys()]) bench.lose(token);
    },
    giveBackWaiting() {
      for (const { file } of waiting.values()) options.onLeft({ file, released: true });
      waiting.clear();
      options.onChange();
    },
    giveBackAll() {
      bench.giveBackWaiting();
      for (const item of running.values()) abort(item, 'given-back');
    },
    interrupt() {
      for (const item of running.values()) if (item.fate === 'wanted') abort(item, 'interrupted');
    },
    abandon() {
      for (const item of running.values()) leave(item, INTERRUPTED);
      running.clear();
      options.onChange();
    },
  };
  return bench;
}
