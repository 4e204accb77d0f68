import { setImmediate } from 'node:timers/promises';

/** Time as the worker sees it; a test gives its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends after `ms`, or at once when `signal` is aborted; it never fails. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends when all that can happen now has happened. */
  turn(): Promise<void>;
}

/** setTimeout takes a longer wait for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal?.aborted; left -= LONGEST_TIMER_MS)
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
  },
  turn: () => setImmediate(),
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(id);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const id = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 15_000;

/**
 * How long to wait before a call is repeated: 0.2 s, doubled for each further failure, at most 15 s; of that a
 * random half, so that many workers do not come back all at once.
 *
 * @param failures how often it failed in a row, 1 for the first
 * @param random gives numbers from 0 up to 1
 */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return full * (0.5 + random() / 2);
}
