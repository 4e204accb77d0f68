import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketCount, bucketOf, DidIndexBuilder, lookup } from '../../../lib/dispatch/manifest/did-index.ts';
import { hash64 } from '../../../lib/domain/hash.ts';

function indexOf(dids: readonly string[], positionOf: (i: number) => number): Uint8Array[] {
  const builder = new DidIndexBuilder(dids.length);
  dids.forEach((did, i) => {
    builder.add(did, positionOf(i));
  });
  return [...builder.buckets()];
}

function positionsOf(buckets: readonly Uint8Array[], did: string): number[] {
  const bucket = buckets[bucketOf(did, buckets.length)];
  if (!bucket) throw new Error('no bucket');
  return lookup(bucket, did);
}

test('every DID is found at its position, and another gives at most a position with the same hash half', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 50 }),
      fc.uniqueArray(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 50, maxLength: 50 }),
      fc.string(),
      (dids, positions, other) => {
        const buckets = indexOf(dids, i => positions[i] ?? 0);
        dids.forEach((did, i) => {
          expect(positionsOf(buckets, did)).toContain(positions[i]);
        });
        for (const position of positionsOf(buckets, other)) {
          const found = dids[positions.indexOf(position)] ?? '';
          expect(hash64(found).low).toBe(hash64(other).low);
        }
      },
    ),
  );
});

test('a large index finds every DID, in buckets of about 4,096', () => {
  const dids = Array.from({ length: 100_000 }, (_, i) => `mc:run2/file-${i}.root`);
  const buckets = indexOf(dids, i => i * 7);
  expect(buckets).toHaveLength(bucketCount(dids.length));
  expect(Math.max(...buckets.map(bucket => bucket.byteLength))).toBeLessThan(4096 * 8 * 1.1);
  expect(buckets.reduce((sum, bucket) => sum + bucket.byteLength, 0)).toBe(dids.length * 8);
  expect(dids.findIndex((did, i) => !positionsOf(buckets, did).includes(i * 7))).toBe(-1);
  const absent = dids.filter(did => positionsOf(buckets, `${did}x`).length > 0);
  expect(absent.length).toBeLessThan(50);
});

test('DIDs with the same hash half are all candidates', () => {
  const builder = new DidIndexBuilder(4);
  for (const position of [9, 4, 2 ** 32 - 1]) builder.add('mc:a', position);
  builder.add('mc:b', 5);
  const [bucket] = [...builder.buckets()];
  expect(bucket && lookup(bucket, 'mc:a')).toEqual([4, 9, 2 ** 32 - 1]);
});

test('a bucket is read as well from the middle of a larger buffer', () => {
  const [bucket] = indexOf(['a', 'b', 'c'], i => i);
  const stored = Buffer.concat([Buffer.from('???'), bucket ?? Buffer.alloc(0)]).subarray(3);
  expect(lookup(stored, 'b')).toEqual([1]);
});

test('there is a bucket for each 4,096 files or part of it, and always one', () => {
  expect([0, 1, 4096, 4097, 10_000_000].map(bucketCount)).toEqual([1, 1, 1, 2, 2442]);
  expect([...new DidIndexBuilder(0).buckets()].map(bucket => bucket.byteLength)).toEqual([0]);
});

test('the stored form of an entry stays what it is', () => {
  const [bucket] = indexOf(['a'], () => 0x01020304);
  expect(Buffer.from(bucket ?? []).toString('hex')).toBe('040302010179c982');
});
