import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backoffMs, systemClock } from '../../lib/worker/clock.ts';

describe('the system clock', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('sleeps as long as it is told, even longer than a timer can', async () => {
    let woken = false;
    const days = 86_400_000;
    void systemClock.sleep(60 * days).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(60 * days - 1);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toBe(true);
  });

  test('wakes at once when its signal is aborted, and leaves no timer', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(1000, abort.signal);
    abort.abort();
    await sleep;
    await systemClock.sleep(1000, abort.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('the backoff doubles from 0.2 s to 15 s, of which half is left to chance', () => {
  const most = Array.from({ length: 9 }, (_, n) => backoffMs(n + 1, () => 1));
  expect(most).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
  expect(backoffMs(1, () => 0)).toBe(100);
  expect(backoffMs(5000, () => 1)).toBe(15_000);
});
