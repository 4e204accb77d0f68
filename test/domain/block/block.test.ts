import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attemptsOf,
  countSlots,
  encodeTries,
  hasFailures,
  isClosed,
  leaseMark,
  MAX_SLOTS,
  newBlock,
  type SlotState,
  slotState,
  triesOf,
  waitDigit,
} from '../../../lib/domain/block/block.ts';

test.each<[string, SlotState]>([
  ['.', 'ready'],
  ['0', 'ready'],
  ['9', 'ready'],
  ['a', 'reserved'],
  ['z', 'reserved'],
  [leaseMark(26), 'reserved'],
  ['D', 'done'],
  ['F', 'failed'],
  ['X', 'failed'],
])('a slot marked %s is %s', (mark, state) => {
  expect(slotState(mark)).toBe(state);
});

test('every lease a block can hold has a mark of its own that is one character and no other state', () => {
  const marks = Array.from({ length: MAX_SLOTS }, (_, n) => leaseMark(n));
  expect(new Set(marks).size).toBe(MAX_SLOTS);
  expect(new Set(marks.map(slotState))).toEqual(new Set(['reserved']));
  expect([...marks.join('')]).toEqual(marks);
});

test('a new block is ready for work', () => {
  expect(newBlock(3)).toMatchObject({ slots: '...', version: 0, generation: 1, wakeAt: 0 });
});

test('a block is counted by state, closed when all has ended, and remembers failures', () => {
  const block = { slots: '.3aDFXb' };
  expect(countSlots(block)).toEqual({ ready: 2, reserved: 2, done: 1, failed: 2 });
  expect([block, { slots: 'DFX' }, { slots: 'DD.' }, { slots: 'D0' }, { slots: 'a' }].map(isClosed)).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
  expect([{ slots: 'DF' }, { slots: 'X.' }, { slots: 'D.f' }].map(hasFailures)).toEqual([true, true, false]);
});

test.each([
  ['is ready', '.', 2],
  ['waits', '4', 2],
  ['is reserved', 'a', 3],
  ['is done', 'D', 3],
  ['was reported as failed', 'F', 3],
  ['failed because its lease ran out', 'X', 2],
])('a file with two ended attempts that %s is shown with the right attempt', (_, mark, attempts) => {
  expect(attemptsOf({ slots: `.${mark}`, tries: '02' }, 1)).toBe(attempts);
});

test('attempts of every slot read back as they were written', () => {
  const most = fc.constantFrom(0, 1, 61, 62, 62 ** 2 - 1, 62 ** 2, 62 ** 3 - 1);
  const lists = most.chain(max =>
    fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: MAX_SLOTS }),
  );
  fc.assert(
    fc.property(lists, counts => {
      const block = { slots: '.'.repeat(counts.length), tries: encodeTries(counts) };
      expect(counts.map((_, slot) => triesOf(block, slot))).toEqual(counts);
    }),
  );
});

test.each([
  [0, ''],
  [61, '0z'],
  [62, '0010'],
  [62 ** 2 - 1, '00zz'],
  [62 ** 2, '000100'],
])('attempts take as few digits as the most tried file needs: %i is %j', (most, tries) => {
  expect(encodeTries([0, most])).toBe(tries);
});

test('a count past what three digits hold stays at the most', () => {
  expect(triesOf({ slots: '..', tries: encodeTries([62 ** 3, 5]) }, 0)).toBe(62 ** 3 - 1);
});

test('a wait is never shorter than asked, is told apart up to ten times, and never gets shorter by others', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), times => {
      const waits: number[] = [];
      const asked: { digit: number; time: number }[] = [];
      for (const time of times) {
        asked.push({ digit: Number(waitDigit(waits, time)), time });
        expect(waits.length).toBeLessThanOrEqual(10);
        for (const { digit, time } of asked) expect(waits[digit]).toBeGreaterThanOrEqual(time);
      }
      if (new Set(times).size <= 10) for (const { digit, time } of asked) expect(waits[digit]).toBe(time);
    }),
  );
});

test('beyond ten times a wait is rounded up to the next one, or moves the latest one back', () => {
  const waits = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
  expect([waitDigit(waits, 41), waitDigit(waits, 110)]).toEqual(['4', '9']);
  expect(waits.at(-1)).toBe(110);
});

test('the digit of a wait that is over is used again', () => {
  const waits = [10, 0, 30];
  expect([waitDigit(waits, 20), waits]).toEqual(['1', [10, 20, 30]]);
});
