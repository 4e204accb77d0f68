import { expect, test } from 'vitest';
import { attemptsOf, newBlock } from '../../../lib/domain/block/block.ts';
import { expire } from '../../../lib/domain/block/expire.ts';
import { lease, NOW, POLICY } from '../../support/model/examples.ts';

const { block } = lease(lease(newBlock(4), { worker: 'ada', count: 2 }).block, {
  worker: 'bob',
  leaseMillis: 9000,
});

test('a lease ends at its deadline, not before, and its files are ready at once', () => {
  expect(expire(block, POLICY, NOW + 999)).toBeUndefined();
  const expired = expire(block, { ...POLICY, retryBackoffSeconds: 60 }, NOW + 1000);
  expect(expired?.block).toMatchObject({ slots: '..b.', leases: [{ worker: 'bob' }] });
  expect(expired?.failed).toEqual([]);
});

test('a lease without a deadline never ends by itself', () => {
  expect(expire(lease(newBlock(1), { leaseMillis: null }).block, POLICY, NOW * 1e6)).toBeUndefined();
});

test('the attempt counts', () => {
  const expired = expire(block, POLICY, NOW + 1000)?.block ?? block;
  expect([0, 1, 2, 3].map(slot => attemptsOf(expired, slot))).toEqual([1, 1, 1, 0]);
});

test.each([
  ['where the project says so', { ...POLICY, onLeaseExpiry: 'fail' as const }],
  ['when no attempt is left', { ...POLICY, maxAttempts: 1 }],
])('its files fail %s, and it is told whose they were', (_, policy) => {
  const expired = expire(block, policy, NOW + 1000);
  expect(expired?.block.slots).toBe('XXb.');
  expect(expired?.failed).toEqual([0, 1].map(slot => ({ slot, worker: 'ada', attempt: 1 })));
});
