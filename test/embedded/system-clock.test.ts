import { expect, test } from 'vitest';
import { systemClock } from '../../lib/embedded/system-clock.ts';

test('the time is that of the system', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('a sleep takes its time', async () => {
  const before = performance.now();
  await systemClock.sleep(20);
  expect(performance.now() - before).toBeGreaterThanOrEqual(18);
});

test('a sleep is over when its signal aborts, before or during', async () => {
  const controller = new AbortController();
  const asleep = systemClock.sleep(3_600_000, controller.signal);
  controller.abort();
  await asleep;
  await systemClock.sleep(3_600_000, controller.signal);
});
