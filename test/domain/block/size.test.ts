import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAttributes } from '../../../lib/aws/json-attributes.ts';
import { LIMITS } from '../../../lib/contract/limits.ts';
import { type Block, newBlock } from '../../../lib/domain/block/block.ts';
import { encodeBlock } from '../../../lib/domain/block/codec.ts';
import {
  forgetBeyond,
  hasRoom,
  LONGEST_REQUEST_ID,
  LONGEST_WORKER,
  leaseRoom,
  slotsThatFit,
} from '../../../lib/domain/block/size.ts';
import { itemBytes } from '../../support/item-bytes.ts';
import { BlockWorld } from '../../support/model/block-world.ts';
import { type Setting, stories } from '../../support/model/commands.ts';

const PATIENCE_MILLIS = 120_000;
const KILOBYTE = 1024;
const ANY_LEASES = { leases: 26, bytes: KILOBYTE };

/** The item that a block is stored as, with keys as long as they get. */
function bytesOf(block: Block): number {
  const value = toAttributes({ ...encodeBlock(block) });
  if (!value) throw new Error('DynamoDB cannot hold the block');
  return itemBytes({
    partition: { S: 'p9999999999/blocks/1220' },
    sort: { S: '63' },
    version: { N: String(block.version) },
    write: { S: 'abcdefgh' },
    value,
  });
}

const lease = (mark: string, worker: string) => ({
  ...{ mark, worker, id: 9_999_999_999, deadline: 1_795_373_164_497, since: 1_795_329_964_497 },
  requestId: 'r'.repeat(LONGEST_REQUEST_ID),
});

/** Blocks as they are after years: each number has as many digits as it may ever have. */
const grown: fc.Arbitrary<Setting> = fc
  .record({
    maxAttempts: fc.constantFrom(1, 3, 7, 10, 15, 16, 61, 62, 1000, null),
    maxLeases: fc.constant(26),
    bytes: fc.constant(KILOBYTE),
    now: fc.constant(1_795_329_999_123),
    longNames: fc.boolean(),
    isTried: fc.boolean(),
  })
  .map(({ maxAttempts, isTried, ...setting }) => ({
    ...setting,
    slots: slotsThatFit(256, KILOBYTE, maxAttempts),
    ended: isTried ? Math.max(0, (maxAttempts ?? 62 ** 3) - 3) : 0,
    policy: { maxAttempts, retryBackoffSeconds: 33.333, retryBackoffMaxSeconds: 4e6, onLeaseExpiry: 'retry' },
    begin: {
      ...{ version: 9_999_999_000, generation: 9_999_999_000, life: 9_999_999_999, restart: 9_999_999_999 },
      timing: { files: 9_999_999_000, millis: 9_999_000_000_000 },
    },
  }));

test('whatever befalls a block, its item stays within a kilobyte, and it agrees with the model', {
  timeout: PATIENCE_MILLIS,
}, () => {
  const seen = new Map<string, number>();
  let largest = 0;
  fc.assert(
    fc.property(grown, stories('done', 'failed', 'retry', 'retry', 'release'), (setting, story) => {
      const world = new BlockWorld(setting, seen);
      for (const command of story) {
        world.step(command);
        largest = Math.max(largest, bytesOf(world.block));
        expect(bytesOf(world.block)).toBeLessThanOrEqual(KILOBYTE);
      }
    }),
    { numRuns: 400 },
  );
  expect([...seen.keys()]).toEqual(expect.arrayContaining(['leased', 'full', 'forgotten', 'repeated']));
  // The bound is no wider than it need be.
  expect(largest).toBeGreaterThan(KILOBYTE - 16);
});

test.each([
  [1, 256],
  [10, 256],
  [61, 256],
  [1000, 173],
  [null, 129],
])(
  'where files have %j attempts, a block of %i files and two of the longest leases fit into a kilobyte',
  (maxAttempts, slots) => {
    expect(slotsThatFit(256, KILOBYTE, maxAttempts)).toBe(slots);
    const room = leaseRoom(ANY_LEASES, slots, maxAttempts);
    expect(hasRoom([lease('a', 'w'.repeat(LONGEST_WORKER))], room)).toBe(true);
  },
);

test('a full block of files with the usual ten attempts has room for five workers with usual names', () => {
  const room = leaseRoom(ANY_LEASES, 256, 10);
  const held = ['a', 'b', 'c', 'd', 'e'].map(mark => ({ ...lease(mark, 'node-1234'), id: 1234 }));
  expect([hasRoom(held.slice(1), room), hasRoom(held, room)]).toEqual([true, false]);
});

test('a home that does not count bytes has blocks as large as it likes, and forgets nothing', () => {
  const unbounded = { leases: 256, bytes: Number.POSITIVE_INFINITY };
  expect(slotsThatFit(256, unbounded.bytes, null)).toBe(256);
  expect(leaseRoom(unbounded, 256, null)).toEqual(unbounded);
  const past = Array.from({ length: 16 }, (_, id) => ({ id, worker: 'w'.repeat(64), slots: [0] }));
  const block = { ...newBlock(256), past };
  expect(forgetBeyond(block, unbounded.bytes)).toBe(block);
});

test('of the settled leases the oldest are forgotten, as few as must be', () => {
  const slots = Array.from({ length: 40 }, (_, n) => 2 * n);
  const past = Array.from({ length: 16 }, (_, n) => ({ id: n + 1, worker: 'w'.repeat(20), slots }));
  const kept = forgetBeyond({ ...newBlock(256), past }, KILOBYTE).past;
  expect(kept.at(-1)).toEqual(past.at(-1));
  expect(kept).toEqual(past.slice(-kept.length));
  expect(bytesOf({ ...newBlock(256), past: past.slice(-kept.length - 2) })).toBeGreaterThan(KILOBYTE);
});

test('the longest worker id is the one that the contract allows', () => {
  expect(LONGEST_WORKER).toBe(LIMITS.wordLength);
});

test('a block that leaves no room for leases is worked on all the same, by one worker after the other', () => {
  const none = leaseRoom(ANY_LEASES, 4 * KILOBYTE, null);
  expect(none.bytes).toBeLessThan(0);
  expect(hasRoom([], none)).toBe(true);
  expect(hasRoom([lease('a', 'w')], none)).toBe(false);
});
