import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowHashes, refuseDuplicates } from '../../../lib/dispatch/manifest/duplicates.ts';
import { ManifestInvalid } from '../../../lib/dispatch/manifest/faults.ts';
import type { ManifestRow } from '../../../lib/dispatch/manifest/read-manifest.ts';
import { type Hash64, hash64 } from '../../../lib/domain/hash.ts';

/** Looks for duplicates among names, of which the first stands on line 1, and counts the passes over them and their rows. */
async function search(names: readonly string[], hash: (name: string) => Hash64 = hash64) {
  const hashes = new RowHashes();
  for (const name of names) hashes.add(hash(name));
  let passes = 0;
  let rows = 0;
  async function* read(): AsyncGenerator<ManifestRow[]> {
    passes += 1;
    for (let from = 0; from < names.length; from += 100) {
      rows += 100;
      yield names.slice(from, from + 100).map((name, i) => ({ line: from + i + 1, file: { name } }));
    }
  }
  const refusal = await refuseDuplicates(hashes, read).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ManifestInvalid) return error;
      throw error;
    },
  );
  return { refusal, passes, rows };
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);
const allCollide = () => ({ high: 7, low: 7 });

test('a row is suspect when both halves of its hash were there before', async () => {
  const hashes = new RowHashes();
  const halves: [high: number, low: number][] = [
    [1, 1],
    [1, 2],
    [2, 1],
    [1, 1],
    [1, 2],
    [2, 2],
    [1, 1],
  ];
  for (const [high, low] of halves) hashes.add({ high, low });
  const suspects = [
    { row: 3, first: 0 },
    { row: 4, first: 1 },
    { row: 6, first: 0 },
  ];
  expect(await hashes.suspects(-1)).toEqual(suspects);
  expect(await hashes.suspects(3)).toEqual(suspects.slice(1));
});

test('names that are all different are not read again', async () => {
  expect(await search(numbered(10_000))).toEqual({ refusal: undefined, passes: 0, rows: 0 });
});

test('exactly the names that were there before are refused, whatever collides', async () => {
  const weakHashes: ((name: string) => Hash64)[] = [
    hash64,
    allCollide,
    name => ({ high: name.length, low: 1 }),
    name => ({ high: 1, low: name.length }),
    name => ({ high: name.charCodeAt(0), low: name.length }),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[ab]{1,5}$/), { maxLength: 40 }),
      fc.constantFrom(...weakHashes),
      async (names, hash) => {
        const repeated = names.flatMap((name, i) => {
          const first = names.indexOf(name);
          return first < i
            ? [{ line: i + 1, did: name, message: `"${name}" is already on line ${first + 1}` }]
            : [];
        });
        const { refusal } = await search(names, hash);
        expect(refusal?.faults ?? []).toEqual(repeated.slice(0, 5));
        expect(refusal?.total ?? 0).toBe(repeated.length);
      },
    ),
    { numRuns: 300 },
  );
});

test('different names whose hashes collide are accepted, however many', async () => {
  const { refusal, passes } = await search(numbered(3500), allCollide);
  expect(refusal).toBeUndefined();
  expect(passes).toBe(4);
});

test('a repeated name is found behind thousands that only collide', async () => {
  const { refusal } = await search([...numbered(3500), 'f2000', 'f3499'], allCollide);
  expect(refusal?.message).toBe(
    'the manifest has 2 faults: line 3501: "f2000" is already on line 2001; line 3502: "f3499" is already on line 3500',
  );
});

test('a manifest that holds everything twice is refused in one more pass', async () => {
  const { refusal, passes } = await search([...numbered(20_000), ...numbered(20_000)]);
  expect(passes).toBe(1);
  expect(refusal?.total).toBe(1001);
  expect(refusal?.message).toContain(
    'more than 1000 faults, the first 5: line 20001: "f0" is already on line 1; ',
  );
});

test('a name repeated far behind is found', async () => {
  const { refusal } = await search([...Array(70_000).keys()].map(i => (i === 69_999 ? 'f3' : `f${i}`)));
  expect(refusal?.faults).toEqual([{ line: 70_000, did: 'f3', message: '"f3" is already on line 4' }]);
});

test('names are read again only as far as the last suspect', async () => {
  const { refusal, rows } = await search(['a', 'a', ...numbered(1000)]);
  expect(refusal?.total).toBe(1);
  expect(rows).toBe(100);
});
