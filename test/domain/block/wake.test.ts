import { expect, test } from 'vitest';
import { type Block, newBlock } from '../../../lib/domain/block/block.ts';
import { moveTicket, nextWake } from '../../../lib/domain/block/wake.ts';
import { NEVER } from '../../../lib/domain/ticket.ts';
import { roomFor } from '../../support/model/examples.ts';

const leaseUntil = (mark: string, deadline: number | null) => ({
  ...{ mark, deadline, id: 1, worker: 'ada', since: 0, requestId: 'q' },
});
const block = (slots: string, changes: Partial<Block> = {}): Block => ({ ...newBlock(0), slots, ...changes });
const leases = [leaseUntil('a', 900), leaseUntil('b', 700), leaseUntil('c', null)];

test.each<[string, number, Block]>([
  ['now, while a file is ready', 0, block('Da.', { leases })],
  ['when the first lease ends', 700, block('abcD', { leases })],
  ['when a backoff ends', 300, block('0b1', { leases, waits: [500, 300] })],
  ['never, while all that is held is held until reported', NEVER, block('DcF', { leases: leases.slice(2) })],
  ['never, once it is closed', NEVER, block('DFX')],
])('a block has something to do %s', (_, wake, block) => {
  expect(nextWake(block, roomFor(26))).toBe(wake);
});

test('a block with no room for a lease has nothing to do before one ends', () => {
  expect(nextWake(block('abc.', { leases }), roomFor(3))).toBe(700);
  expect(nextWake(block('abc0', { leases, waits: [300] }), roomFor(3))).toBe(700);
  expect(nextWake(block('abc.', { leases }), roomFor(4))).toBe(0);
});

test('a ticket that comes up in time is kept', () => {
  const waiting = block('0', { waits: [500], wakeAt: 500 });
  expect(moveTicket(waiting, roomFor(26))).toEqual({ block: waiting, move: { kind: 'keep' } });
});

test('a ticket hidden for too long is replaced by one of the next generation, hidden for as long as need be', () => {
  const waiting = block('0', { waits: [500], wakeAt: 501, generation: 3 });
  expect(moveTicket(waiting, roomFor(26))).toEqual({
    block: { ...waiting, generation: 4, wakeAt: 500 },
    move: { kind: 'send', generation: 4, visibleAt: 500 },
  });
});
