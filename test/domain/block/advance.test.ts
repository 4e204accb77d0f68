import { expect, test } from 'vitest';
import { advance } from '../../../lib/domain/block/advance.ts';
import { newBlock } from '../../../lib/domain/block/block.ts';
import { byToken, lease, NOW, POLICY, roomFor, wish } from '../../support/model/examples.ts';

test('an advance settles what is reported and leases more, in one version', () => {
  const held = lease(newBlock(3));
  const { block, outcomes, reserved } = advance(held.block, [byToken(held, 'done')], wish(), POLICY, NOW);
  expect(outcomes).toEqual([{ kind: 'accepted', state: 'done', attempt: 1, worker: 'ada' }]);
  expect(reserved).toMatchObject({
    kind: 'leased',
    lease: { id: 2, mark: 'a' },
    slots: [{ slot: 1, attempt: 1 }],
  });
  expect(block).toMatchObject({ slots: 'Da.', version: 2 });
});

test('a late report in an advance still counts; what else its lease held is taken back and may be leased again', () => {
  const held = lease(newBlock(2), { count: 2 });
  const late = NOW + 5000;
  const { block, outcomes, reserved } = advance(held.block, [byToken(held, 'done')], wish(), POLICY, late);
  expect(outcomes[0]?.kind).toBe('accepted');
  expect(reserved).toMatchObject({ kind: 'leased', slots: [{ slot: 1, attempt: 2 }] });
  expect(block.leases).toHaveLength(1);
});

test('a lease that an advance settles makes room for the next', () => {
  const held = lease(newBlock(2));
  const { reserved } = advance(held.block, [byToken(held, 'done')], wish({ room: roomFor(1) }), POLICY, NOW);
  expect(reserved.kind).toBe('leased');
});
