import assert from 'node:assert/strict';
import {
  attemptsOf,
  type Block,
  countSlots,
  hasFailures,
  isClosed,
  isWait,
  leaseOf,
  MAX_PAST,
  type SlotState,
  slotState,
} from '../../../lib/domain/block/block.ts';
import { decodeBlock, encodeBlock } from '../../../lib/domain/block/codec.ts';
import type { BlockModel } from './block-model.ts';

const STATES: readonly SlotState[] = ['ready', 'reserved', 'done', 'failed'];

/** What is true of every block at any time, whatever happened. */
export function checkInvariants(block: Block): void {
  const used = [...new Set(block.slots)].sort();
  const marks = block.leases.map(({ mark }) => mark);
  assert.equal(new Set(marks).size, marks.length, 'each lease has a mark of its own');
  assert.deepEqual(
    used.filter(isReserved),
    marks.toSorted(),
    'letters in slots are leases, and leases letters',
  );
  const digits = [...block.waits.keys()].filter(digit => block.waits[digit] !== 0).map(String);
  assert.deepEqual(used.filter(isWait), digits, 'digits in slots are waits, and waits digits');
  assert.ok(block.waits.length <= 10 && block.waits.at(-1) !== 0, 'waits are few and trimmed');

  checkAscending(
    block.leases.map(({ id }) => id),
    block.version,
  );
  assert.ok(block.past.length <= MAX_PAST, 'the past is short');
  assert.equal(
    new Set(block.past.map(({ id }) => id)).size,
    block.past.length,
    'each past lease is told once',
  );
  for (const { slots } of block.past) {
    assert.ok(slots.length > 0, 'a past lease reported on something');
    checkAscending(slots, block.slots.length - 1);
  }
  checkStored(block);
}

/** A block is stored as JSON and comes back the same. */
function checkStored(block: Block): void {
  const stored = encodeBlock(block);
  assert.deepEqual(JSON.parse(JSON.stringify(stored)), stored);
  assert.deepEqual(decodeBlock(stored, block.version), block);
}

/** Every file is in the block as it is in the model. */
export function checkAgreement(block: Block, model: BlockModel): void {
  const expected = model.files.map(({ state, notBefore, holder }, slot) => ({
    state,
    notBefore,
    attempts: model.attempts(slot),
    lease: holder && { ...holder.lease },
  }));
  assert.deepEqual(
    model.files.map((_, slot) => fileIn(block, slot)),
    expected,
  );
  assert.equal(block.slots.length, model.files.length);
  const count = (state: SlotState) => model.files.filter(file => file.state === state).length;
  assert.deepEqual(countSlots(block), Object.fromEntries(STATES.map(state => [state, count(state)])));
  assert.equal(isClosed(block), model.isClosed());
  assert.equal(hasFailures(block), count('failed') > 0);
}

/** No file is tried more often than its project allows. */
export function checkAttempts(block: Block, maxAttempts: number | null): void {
  if (maxAttempts === null) return;
  for (let slot = 0; slot < block.slots.length; slot += 1)
    assert.ok(attemptsOf(block, slot) <= maxAttempts, `file ${slot} is tried too often`);
}

function fileIn(block: Block, slot: number) {
  const mark = block.slots[slot] ?? '';
  const lease = leaseOf(block, slot);
  return {
    state: slotState(mark),
    notBefore: isWait(mark) ? block.waits[Number(mark)] : 0,
    attempts: attemptsOf(block, slot),
    lease: lease && {
      id: lease.id,
      worker: lease.worker,
      requestId: lease.requestId,
      deadline: lease.deadline,
    },
  };
}

function isReserved(mark: string): boolean {
  return slotState(mark) === 'reserved';
}

function checkAscending(numbers: readonly number[], most: number): void {
  assert.ok(
    numbers.every((number, n) => number > (numbers[n - 1] ?? -1) && number <= most),
    `${numbers}`,
  );
}
