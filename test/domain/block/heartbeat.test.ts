import { expect, test } from 'vitest';
import { newBlock } from '../../../lib/domain/block/block.ts';
import { heartbeat } from '../../../lib/domain/block/heartbeat.ts';
import { lease, NOW } from '../../support/model/examples.ts';

const { block } = lease(lease(newBlock(3), { worker: 'ada', count: 2 }).block, { worker: 'bob' });
const deadlines = (leases: readonly { deadline: number | null }[]) => leases.map(({ deadline }) => deadline);
const byAda = ({ worker }: { worker: string }) => worker === 'ada';

test('a heartbeat extends the leases it names, and says what they hold', () => {
  const beat = heartbeat(block, byAda, 1000, NOW + 500);
  expect(beat.kept).toMatchObject([{ lease: { worker: 'ada', deadline: NOW + 1500 }, slots: [0, 1] }]);
  expect(deadlines(beat.block.leases)).toEqual([NOW + 1500, NOW + 1000]);
});

test('a heartbeat saves an overdue lease that still stands', () => {
  expect(deadlines(heartbeat(block, byAda, 1000, NOW + 7000).block.leases)).toEqual([NOW + 8000, NOW + 1000]);
});

test('a deadline never moves back', () => {
  expect(deadlines(heartbeat(block, byAda, 10, NOW).block.leases)).toEqual([NOW + 1000, NOW + 1000]);
});

test('a lease held until reported stays so, and one may become so', () => {
  const endless = lease(newBlock(1), { leaseMillis: null }).block;
  expect(deadlines(heartbeat(endless, byAda, 1000, NOW).block.leases)).toEqual([null]);
  expect(deadlines(heartbeat(block, byAda, null, NOW).block.leases)).toEqual([null, NOW + 1000]);
});

test('what no longer stands is not in the answer', () => {
  expect(heartbeat(block, ({ id }) => id === 77, 1000, NOW).kept).toEqual([]);
});
