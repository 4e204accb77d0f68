import { describe, expect, test } from 'vitest';
import { type Block, MAX_PAST, newBlock } from '../../../lib/domain/block/block.ts';
import { expire } from '../../../lib/domain/block/expire.ts';
import { type Report, report, type Verdict } from '../../../lib/domain/block/report.ts';
import { restart } from '../../../lib/domain/block/restart.ts';
import { byToken, type Leased, lease, NOW, POLICY, tell } from '../../support/model/examples.ts';

const expired = (block: Block) => expire(block, POLICY, NOW + 1000)?.block ?? block;
const restarted = (block: Block, ...slots: number[]) =>
  restart(block, { states: ['reserved', 'done', 'failed'], slots: new Set(slots) }, NOW)?.block ?? block;
const byWorker = (worker: string, verdict: Verdict, slot = 0): Report => ({ slot, verdict, by: { worker } });
const told = (held: Leased, verdict: Verdict, slot?: number) =>
  tell(held.block, byToken(held, verdict, slot)).block;

describe('a report by the holder', () => {
  test.each<[Verdict, string, string]>([
    ['done', 'D.', 'done'],
    ['failed', 'F.', 'failed'],
    ['retry', '..', 'ready'],
    ['release', '..', 'ready'],
  ])('%s leaves the file as %s', (verdict, slots, state) => {
    const held = lease(newBlock(2));
    const { block, answer } = tell(held.block, byToken(held, verdict));
    expect(answer).toEqual({ kind: 'accepted', state, attempt: 1, worker: 'ada' });
    expect(block.slots).toBe(slots);
    expect(block.leases).toEqual([]);
  });

  test('counts by worker as by token', () => {
    const { block } = lease(newBlock(1));
    const { answer } = tell(block, byWorker('ada', 'done'));
    expect(answer).toEqual({ kind: 'accepted', state: 'done', attempt: 1, worker: 'ada' });
  });

  test('counts past the deadline, as long as the lease stands', () => {
    const held = lease(newBlock(1));
    const { answer } = tell(held.block, byToken(held, 'done'), POLICY, NOW + 50_000);
    expect(answer?.kind).toBe('accepted');
  });

  test('keeps what is still held of the lease', () => {
    const held = lease(newBlock(3), { count: 3 });
    expect(told(held, 'done', 1)).toMatchObject({ slots: 'aDa', leases: [{ mark: 'a', id: held.lease }] });
  });

  test('retry after the last attempt fails the file', () => {
    const policy = { ...POLICY, maxAttempts: 1 };
    const held = lease(newBlock(1));
    const { block, answer } = tell(held.block, byToken(held, 'retry'), policy);
    expect([block.slots, answer]).toEqual([
      'F',
      { kind: 'accepted', state: 'failed', attempt: 1, worker: 'ada' },
    ]);
    expect(tell(block, byToken(held, 'retry'), policy).answer).toEqual({ kind: 'repeated', state: 'failed' });
  });

  test('retry waits for the backoff, and counts the attempt; release does neither', () => {
    const policy = { ...POLICY, retryBackoffSeconds: 5 };
    const held = lease(newBlock(1));
    const retried = tell(held.block, byToken(held, 'retry'), policy).block;
    expect(retried).toMatchObject({ slots: '0', waits: [NOW + 5000] });
    expect(lease(retried, {}, NOW + 5000).slots).toEqual([{ slot: 0, attempt: 2 }]);
    const released = tell(held.block, byToken(held, 'release'), policy).block;
    expect(lease(released).slots).toEqual([{ slot: 0, attempt: 1 }]);
  });

  test('reports of one call are applied in order, each on its own', () => {
    const held = lease(newBlock(3), { count: 2 });
    const done = byToken(held, 'done');
    const { block, outcomes } = report(
      held.block,
      [done, done, byToken(held, 'failed', 1), byToken(held, 'done', 2)],
      POLICY,
      NOW,
    );
    expect(block.slots).toBe('DF.');
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'repeated', 'accepted', 'refused']);
  });
});

describe('a report repeated', () => {
  test.each<Verdict>(['done', 'failed', 'retry', 'release'])(
    '%s gets the same answer and changes nothing',
    verdict => {
      const held = lease(newBlock(1));
      const once = tell(held.block, byToken(held, verdict));
      for (const again of [byToken(held, verdict), byWorker('ada', verdict)]) {
        const twice = tell(once.block, again);
        expect(twice.answer).toEqual({ kind: 'repeated', state: once.answer?.state });
        expect(twice.block).toEqual({ ...once.block, version: once.block.version + 1 });
      }
    },
  );

  test('gets its answer when the file went on to others since', () => {
    const first = lease(newBlock(1), { worker: 'ada' });
    const second = lease(told(first, 'retry'), { worker: 'bob' });
    expect(tell(second.block, byToken(first, 'retry')).answer).toEqual({ kind: 'repeated', state: 'ready' });
    const done = told(second, 'done');
    expect(tell(done, byToken(first, 'retry')).answer).toEqual({ kind: 'repeated', state: 'ready' });
    expect(tell(done, byToken(first, 'done')).answer).toMatchObject({ kind: 'refused', reason: 'settled' });
  });

  test('is told from that of another who gave the file back before', () => {
    const ada = lease(newBlock(2), { worker: 'ada', count: 2 });
    const bob = lease(told(ada, 'release', 0), { worker: 'bob' });
    const block = tell(told(bob, 'done'), byToken(ada, 'done', 1)).block;
    expect(block.slots).toBe('DD');
    expect(tell(block, byToken(bob, 'done')).answer?.kind).toBe('repeated');
    expect(tell(block, byWorker('bob', 'done')).answer?.kind).toBe('repeated');
    expect(tell(block, byToken(ada, 'done', 0)).answer).toMatchObject({ kind: 'refused', reason: 'settled' });
    expect(tell(block, byWorker('ada', 'done')).answer).toMatchObject({
      kind: 'refused',
      reason: 'not-reserved',
    });
  });

  test('gets its answer across a restart of other files', () => {
    const held = lease(newBlock(3), { count: 3 });
    const before = tell(told(held, 'failed', 0), byToken(held, 'done', 1)).block;
    const block = restarted(before, 0);
    expect(tell(block, byToken(held, 'done', 1)).answer).toEqual({ kind: 'repeated', state: 'done' });
    const later = tell(block, byToken(held, 'done', 2));
    expect(later.answer?.kind).toBe('accepted');
    expect(tell(later.block, byToken(held, 'done', 2)).answer).toEqual({ kind: 'repeated', state: 'done' });
  });

  test('of a settled file gets its answer even when the block has forgotten the lease', () => {
    const held = lease(newBlock(MAX_PAST + 2));
    let block = told(held, 'done');
    for (let n = 0; n <= MAX_PAST; n += 1) block = told(lease(block), 'done');
    expect(block.past.map(({ id }) => id)).not.toContain(held.lease);
    expect(tell(block, byToken(held, 'done')).answer).toEqual({ kind: 'repeated', state: 'done' });
    expect(tell(block, byToken(held, 'failed')).answer).toMatchObject({ kind: 'refused', reason: 'settled' });
  });
});

describe('a report is refused', () => {
  const held = lease(newBlock(2));
  const token = byToken(held, 'done');

  const story: [reason: string, when: string, block: Block, report: Report][] = [
    [
      'unknown',
      'when its lease is younger than the block',
      held.block,
      byToken({ ...held, lease: 9 }, 'done'),
    ],
    ['unknown', 'when its attempt was never made', held.block, { ...token, by: { lease: 1, attempt: 2 } }],
    ['unknown', 'when its lease never held the file', held.block, byToken(held, 'done', 1)],
    ['unknown', 'when there is no such file', held.block, byToken(held, 'done', 2)],
    ['expired', 'when its lease ran out', expired(held.block), token],
    [
      'expired',
      'when its lease ran out and no attempt was left',
      expire(held.block, { ...POLICY, onLeaseExpiry: 'fail' }, NOW + 1000)?.block ?? held.block,
      token,
    ],
    ['overtaken', 'when the file was reserved again', lease(expired(held.block), { count: 2 }).block, token],
    [
      'overtaken',
      'when another settled it',
      told(lease(expired(held.block), { count: 2 }), 'done', 0),
      token,
    ],
    [
      'overtaken',
      'when another gave it back',
      told(lease(expired(held.block), { count: 2 }), 'release', 0),
      token,
    ],
    ['overtaken', 'when the file was restarted while reserved', restarted(held.block, 0), token],
    ['overtaken', 'when the file was restarted after it was done', restarted(told(held, 'done'), 0), token],
    ['settled', 'when the file was reported as failed', told(held, 'failed'), token],
    ['settled', 'when the file was given back', told(held, 'retry'), token],
    [
      'settled',
      'when a retry comes after a failure that was final',
      told(held, 'failed'),
      byToken(held, 'retry'),
    ],
    ['other-worker', 'when somebody else holds the file', held.block, byWorker('bob', 'done')],
    [
      'other-worker',
      'when somebody else holds it by now',
      lease(told(held, 'retry'), { worker: 'bob', count: 2 }).block,
      byWorker('ada', 'retry'),
    ],
    ['not-reserved', 'when nobody ever held the file', held.block, byWorker('ada', 'done', 1)],
    ['not-reserved', 'when another settled it', told(held, 'done'), byWorker('bob', 'done')],
    ['not-reserved', 'when the lease of its worker ran out', expired(held.block), byWorker('ada', 'done')],
  ];
  test.each(story)('as %s %s', (reason, _, block, one) => {
    const { block: next, answer } = tell(block, one);
    expect(answer).toMatchObject({ kind: 'refused', reason });
    expect(next).toEqual({ ...block, version: block.version + 1 });
  });
});

describe('how long files take', () => {
  const timingAfter = (block: Block, reports: Report[], now: number) =>
    report(block, reports, POLICY, now).block;

  test('is learnt from files done, one after the other', () => {
    const held = lease(newBlock(3), { count: 3 });
    const once = timingAfter(held.block, [byToken(held, 'done', 0)], NOW + 400);
    expect(once.timing).toEqual({ files: 1, millis: 400 });
    const both = [byToken(held, 'done', 1), byToken(held, 'done', 2)];
    expect(timingAfter(once, both, NOW + 900).timing).toEqual({ files: 3, millis: 900 });
  });

  test('leaves out what was spent on files that failed', () => {
    const held = lease(newBlock(2), { count: 2 });
    const failed = timingAfter(held.block, [byToken(held, 'failed', 0)], NOW + 5000);
    expect(failed.timing).toEqual({ files: 0, millis: 0 });
    const done = timingAfter(failed, [byToken(held, 'done', 1)], NOW + 5300);
    expect(done.timing).toEqual({ files: 1, millis: 300 });
  });

  test('is never less than nothing, though the clock went back', () => {
    const held = lease(newBlock(1));
    expect(timingAfter(held.block, [byToken(held, 'done')], NOW - 70).timing).toEqual({
      files: 1,
      millis: 0,
    });
  });
});
