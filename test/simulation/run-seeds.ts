import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Range } from './range.ts';
import { merge, newTally, type Tally } from './tally.ts';

/** Seeds that a thread runs before it answers. */
const AT_ONCE = 100;
/** A thread makes way for a new one: code that was killed never lets go of the signals it listens to. */
const SEEDS_OF_A_THREAD = 3000;

export interface SeedsOptions extends Range {
  readonly threads: number;
  /** Aborted to end it early, once what is under way has ended. */
  readonly signal: AbortSignal;
  /** Hears what was counted so far. */
  readonly onProgress: (tally: Tally) => void;
}

/** What was counted, and the first seed that was not run: all before it were. */
export interface SeedsRun {
  readonly tally: Tally;
  readonly next: number;
}

/** Runs a range of seeds in threads, as far as it may. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsRun> {
  const { first, seeds, mostFailures, threads, signal, onProgress } = options;
  const { changes, kind } = options;
  const end = first + seeds;
  const tally = newTally();
  let next = first;
  async function work(): Promise<void> {
    let thread = newThread();
    let run = 0;
    while (next < end && !signal.aborted && tally.failures.length < mostFailures) {
      const some = {
        first: next,
        seeds: Math.min(AT_ONCE, end - next),
        changes,
        kind,
        mostFailures: AT_ONCE,
      };
      next += some.seeds;
      if (run >= SEEDS_OF_A_THREAD) {
        await thread.terminate();
        thread = newThread();
        run = 0;
      }
      run += some.seeds;
      merge(tally, await runIn(thread, some));
      onProgress(tally);
    }
    await thread.terminate();
  }
  await Promise.all(Array.from({ length: threads }, work));
  return { tally, next };
}

function newThread(): Worker {
  return new Worker(new URL('./thread.ts', import.meta.url));
}

async function runIn(thread: Worker, range: Range): Promise<Tally> {
  const answered = once(thread, 'message');
  thread.postMessage(range);
  const [tally]: Tally[] = await answered;
  if (!tally) throw new Error('a thread answered nothing');
  return tally;
}
