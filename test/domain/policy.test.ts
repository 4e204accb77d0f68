import { expect, test } from 'vitest';
import { backoffMillis, mayRetry, type RetryPolicy } from '../../lib/domain/policy.ts';

const policy = (changes: Partial<RetryPolicy>): RetryPolicy => ({
  ...{ maxAttempts: 3, retryBackoffSeconds: 1, retryBackoffMaxSeconds: 300, onLeaseExpiry: 'retry' },
  ...changes,
});

test.each([
  [3, 2, true],
  [3, 3, false],
  [3, 4, false],
  [1, 1, false],
  [null, 100_000, true],
])('of at most %s attempts, another after %i: %s', (maxAttempts, attempts, may) => {
  expect(mayRetry(policy({ maxAttempts }), attempts)).toBe(may);
});

test('the backoff doubles up to its ceiling', () => {
  const waits = [1, 2, 3, 9, 10, 5000].map(attempts => backoffMillis(policy({}), attempts));
  expect(waits).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
});

test('no backoff is none, however often', () => {
  expect(backoffMillis(policy({ retryBackoffSeconds: 0 }), 5000)).toBe(0);
});

test('a backoff is whole milliseconds, rounded up', () => {
  expect(backoffMillis(policy({ retryBackoffSeconds: 0.0004 }), 1)).toBe(1);
  expect(backoffMillis(policy({ retryBackoffSeconds: 0.0015 }), 1)).toBe(2);
});
