import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, MAX_PAST, newBlock } from '../../../lib/domain/block/block.ts';
import { decodeBlock, decodeRanges, encodeBlock, encodeRanges } from '../../../lib/domain/block/codec.ts';
import { byToken, lease, NOW, tell } from '../../support/model/examples.ts';

test('a new block is stored as its slots and its generation only', () => {
  expect(encodeBlock(newBlock(3))).toEqual({ slots: '...', generation: 1 });
});

test('a block at work is stored so that a person can read it', () => {
  const held = lease(newBlock(4), { count: 3, requestId: 'q' });
  const retried = tell(held.block, byToken(held, 'retry', 2)).block;
  expect(encodeBlock(tell(retried, byToken(held, 'done', 1)).block)).toEqual({
    slots: 'aD..',
    generation: 1,
    tries: '0010',
    leases: [['a', 1, 'ada', NOW + 1000, NOW, 'q']],
    past: [[1, 'ada', '1-2']],
    timing: [1, 0],
  });
});

test('every member of a block survives being stored', () => {
  const block: Block = {
    slots: 'a0D',
    tries: '012',
    waits: [7],
    leases: [{ mark: 'a', id: 4, worker: 'ada', deadline: null, since: 3, requestId: 'q' }],
    past: [{ id: 2, worker: 'bob', slots: [0, 2] }],
    version: 9,
    generation: 5,
    wakeAt: 11,
    life: 2,
    restartedAt: 3,
    restart: 1,
    timing: { files: 1, millis: 250 },
  };
  expect(decodeBlock(encodeBlock(block), 9)).toEqual(block);
  expect(Object.keys(newBlock(1)).sort()).toEqual(Object.keys(block).sort());
});

test.each([
  [[], ''],
  [[5], '5'],
  [[5, 6], '5-6'],
  [[0, 1, 2, 9, 11, 12], '0-2,9,11-12'],
])('%j is written as "%s"', (numbers, text) => {
  expect(encodeRanges(numbers)).toBe(text);
  expect(decodeRanges(text)).toEqual(numbers);
});

test('ranges read back as they were written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(255), { maxLength: 256 }), numbers => {
      numbers.sort((a, b) => a - b);
      expect(decodeRanges(encodeRanges(numbers))).toEqual(numbers);
    }),
  );
});

test('the past remembers the latest leases only', () => {
  let block = newBlock(MAX_PAST + 3);
  for (let n = 0; n < MAX_PAST + 3; n += 1) {
    const held = lease(block);
    block = tell(held.block, byToken(held, 'done')).block;
  }
  expect(block.past).toHaveLength(MAX_PAST);
  expect(block.past.map(({ slots }) => slots[0])).toEqual(Array.from({ length: MAX_PAST }, (_, n) => n + 3));
});
