import { describe, expect, test } from 'vitest';
import { type Block, MAX_SLOTS, newBlock } from '../../../lib/domain/block/block.ts';
import { reserve } from '../../../lib/domain/block/reserve.ts';
import { byToken, lease, NOW, POLICY, roomFor, tell, wish } from '../../support/model/examples.ts';

const tried = (slots: number, retries: readonly number[]): Block => {
  let block = newBlock(slots);
  for (const slot of retries) {
    const held = lease(block, { usable: other => other === slot });
    block = tell(held.block, byToken(held, 'retry')).block;
  }
  return block;
};
const slotsOf = (block: Block, changes: Parameters<typeof wish>[0]) => {
  const { outcome } = reserve(block, wish(changes), POLICY, NOW);
  return outcome.kind === 'leased' ? outcome.slots.map(({ slot }) => slot) : outcome.kind;
};

describe('a reserve', () => {
  test('leases files in their order, and writes who holds them', () => {
    const { block, outcome } = reserve(newBlock(4), wish({ count: 2, requestId: 'q' }), POLICY, NOW);
    const lease = { mark: 'a', id: 1, worker: 'ada', deadline: NOW + 1000, since: NOW, requestId: 'q' };
    expect(outcome).toEqual({ kind: 'leased', lease, slots: [0, 1].map(slot => ({ slot, attempt: 1 })) });
    expect(block).toMatchObject({ slots: 'aa..', leases: [lease], version: 1 });
  });

  test('takes the least tried first', () => {
    const block = tried(5, [0, 0, 1, 3]);
    expect(slotsOf(block, { count: 5 })).toEqual([0, 1, 2, 3, 4]);
    expect(slotsOf(block, { count: 2 })).toEqual([2, 4]);
    expect(slotsOf(block, { count: 4 })).toEqual([1, 2, 3, 4]);
  });

  test('leases without end where the project says so', () => {
    const { block } = lease(newBlock(1), { leaseMillis: null });
    expect(block.leases[0]?.deadline).toBeNull();
    expect(reserve(block, wish({ worker: 'bob' }), POLICY, NOW * 1000).outcome).toEqual({ kind: 'empty' });
  });

  test('takes only what the worker can use', () => {
    expect(slotsOf(newBlock(4), { count: 4, usable: slot => slot % 2 === 1 })).toEqual([1, 3]);
    expect(slotsOf(newBlock(4), { usable: () => false })).toBe('unusable');
  });

  test('takes only what fits in the time the worker has left; of what nothing is known fits', () => {
    const of = (slot: number) => [40, 30, undefined, 25, 5][slot];
    expect(slotsOf(newBlock(5), { count: 5, wallTime: { seconds: 60, of } })).toEqual([0, 2, 4]);
    expect(slotsOf(newBlock(5), { count: 5, wallTime: { seconds: 70, of } })).toEqual([0, 1, 2]);
    expect(slotsOf(newBlock(2), { wallTime: { seconds: 20, of } })).toBe('unusable');
  });

  test('finds nothing where nothing is ready', () => {
    expect(slotsOf(lease(newBlock(1)).block, { worker: 'bob' })).toBe('empty');
  });

  test('is turned away by a block that can hold no further lease', () => {
    const { block } = lease(newBlock(2), { worker: 'bob' });
    expect(slotsOf(block, { room: roomFor(1) })).toBe('full');
    expect(slotsOf(block, { room: roomFor(2) })).toEqual([1]);
  });

  test('first takes back what is overdue, to the millisecond', () => {
    const { block } = lease(newBlock(1), { worker: 'bob' });
    const at = (now: number) => reserve(block, wish(), POLICY, now).outcome.kind;
    expect([at(NOW + 999), at(NOW + 1000)]).toEqual(['empty', 'leased']);
  });

  test('tells which files failed by what it took back', () => {
    const { block } = lease(newBlock(1), { worker: 'bob' });
    const policy = { ...POLICY, maxAttempts: 1 };
    const { outcome, failed } = reserve(block, wish(), policy, NOW + 1000);
    expect([outcome.kind, failed]).toEqual(['empty', [{ slot: 0, worker: 'bob', attempt: 1 }]]);
  });

  test('waits for a backoff, to the millisecond', () => {
    const held = lease(newBlock(1));
    const policy = { ...POLICY, retryBackoffSeconds: 2 };
    const { block } = tell(held.block, byToken(held, 'retry'), policy);
    const at = (now: number) => reserve(block, wish(), policy, now).outcome.kind;
    expect([at(NOW + 1999), at(NOW + 2000)]).toEqual(['empty', 'leased']);
  });

  test('marks as many leases apart as a block has files', () => {
    let block = newBlock(MAX_SLOTS);
    for (let n = 0; n < MAX_SLOTS; n += 1) block = lease(block, { room: roomFor(MAX_SLOTS) }).block;
    expect(new Set(block.slots).size).toBe(MAX_SLOTS);
    expect(block.leases).toHaveLength(MAX_SLOTS);
  });
});

describe('a reserve repeated', () => {
  const first = lease(newBlock(4), { worker: 'ada', requestId: 'q', count: 2 });

  test('finds the lease it made, with what is left of it', () => {
    const again = reserve(first.block, wish({ worker: 'ada', requestId: 'q', count: 2 }), POLICY, NOW + 10);
    expect(again.outcome).toMatchObject({ kind: 'leased', lease: { id: first.lease }, slots: first.slots });
    expect(again.block.slots).toBe(first.block.slots);
    const { block } = tell(first.block, byToken(first, 'done'));
    expect(slotsOf(block, { worker: 'ada', requestId: 'q', count: 2 })).toEqual([1]);
  });

  test('by another worker is another request', () => {
    expect(slotsOf(first.block, { worker: 'bob', requestId: 'q', count: 2 })).toEqual([2, 3]);
  });

  test('after its lease ran out leases anew', () => {
    const { outcome } = reserve(first.block, wish({ worker: 'ada', requestId: 'q' }), POLICY, NOW + 1000);
    expect(outcome).toMatchObject({ kind: 'leased', lease: { id: 2 }, slots: [{ slot: 2, attempt: 1 }] });
  });
});
