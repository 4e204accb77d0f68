import { expect, test } from 'vitest';
import { attemptsOf, newBlock } from '../../../lib/domain/block/block.ts';
import { report } from '../../../lib/domain/block/report.ts';
import { restart } from '../../../lib/domain/block/restart.ts';
import { moveTicket } from '../../../lib/domain/block/wake.ts';
import { byToken, lease, NOW, POLICY, roomFor, tell } from '../../support/model/examples.ts';

const held = lease(newBlock(4), { count: 3 });
const { block } = report(held.block, [byToken(held, 'done', 0), byToken(held, 'failed', 1)], POLICY, NOW);

test('a restart makes files of the named states ready, with a fresh count of attempts', () => {
  const restarted = restart(block, { states: ['failed'] }, NOW);
  expect(restarted).toMatchObject({ reopened: 1, block: { slots: 'D.a.' } });
  expect(attemptsOf(restarted?.block ?? block, 1)).toBe(0);
  expect(restart(block, { states: ['done', 'failed', 'reserved'] }, NOW)?.block).toMatchObject({
    slots: '....',
    leases: [],
  });
});

test('a restart by file leaves the others alone', () => {
  const states = ['done', 'failed', 'reserved'] as const;
  expect(restart(block, { states, slots: new Set([0, 3]) }, NOW)).toMatchObject({
    reopened: 1,
    block: { slots: '.Fa.' },
  });
});

test('nothing to restart is no change', () => {
  expect(restart(newBlock(2), { states: ['ready', 'done', 'failed', 'reserved'] }, NOW)).toBeUndefined();
});

test('a restart voids the tokens of what it made ready, and of nothing else', () => {
  const restarted = restart(block, { states: ['done'] }, NOW)?.block ?? block;
  expect(tell(restarted, byToken(held, 'done', 0)).answer).toMatchObject({ reason: 'overtaken' });
  expect(tell(restarted, byToken(held, 'failed', 1)).answer).toEqual({ kind: 'repeated', state: 'failed' });
  expect(tell(restarted, byToken(held, 'done', 2)).answer?.kind).toBe('accepted');
});

test('a restarted file that is reserved again is not settled by an old token', () => {
  const restarted = restart(block, { states: ['failed'] }, NOW)?.block ?? block;
  const again = lease(restarted, { worker: 'bob' });
  expect(again.slots).toEqual([{ slot: 1, attempt: 1 }]);
  expect(tell(again.block, byToken(held, 'done', 1)).answer).toMatchObject({ reason: 'overtaken' });
});

test('a closed block needs a fresh ticket when it is restarted', () => {
  const one = lease(newBlock(1));
  const closed = tell(one.block, byToken(one, 'done')).block;
  const restarted = restart(closed, { states: ['done'] }, NOW)?.block ?? closed;
  const { block, move } = moveTicket(restarted, roomFor(26));
  expect(move).toEqual({ kind: 'send', generation: 2, visibleAt: 0 });
  expect(block).toMatchObject({ generation: 2, wakeAt: 0 });
});
