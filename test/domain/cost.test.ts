import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costSoFar, expectedCost } from '../../lib/domain/cost.ts';
import { callUsage, plus, priceOf } from '../../lib/domain/prices.ts';

const million = (filesPerCall: number) => expectedCost({ files: 1_000_000, blockFiles: 256, filesPerCall });

test.each([
  [1, 1.048],
  [10, 0.1205],
  [100, 0.026],
])(
  'a million files at %i a call are expected to cost what was measured of full blocks: $%d',
  (filesPerCall, dollars) => {
    expect(million(filesPerCall)).toBeGreaterThan(dollars * 0.99);
    expect(million(filesPerCall)).toBeLessThan(dollars * 1.01);
  },
);

test('small blocks cost more a file, and a project without files costs nothing', () => {
  const small = expectedCost({ files: 1000, blockFiles: 1, filesPerCall: 10 }) * 1000;
  expect(small).toBeGreaterThan(2 * million(1));
  expect(expectedCost({ files: 0, blockFiles: 1, filesPerCall: 1 })).toBe(0);
});

test('more files cost no less, and more files a call no more', () => {
  const count = fc.integer({ min: 1, max: 256 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), count, count, count, (files, blockFiles, one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)];
      const cost = expectedCost({ files, blockFiles, filesPerCall: few });
      expect(expectedCost({ files: files + 1, blockFiles, filesPerCall: few })).toBeGreaterThanOrEqual(cost);
      expect(expectedCost({ files, blockFiles, filesPerCall: many })).toBeLessThanOrEqual(cost * 1.0001);
    }),
  );
});

test('a project that was done as expected has cost so far about what was expected', () => {
  const plan = { files: 25_600, blockFiles: 256 };
  const work = { begun: 100, closed: 100, writes: 100 * 27 };
  const expected = expectedCost({ ...plan, filesPerCall: 10 });
  expect(Math.abs(costSoFar(plan, work, plan.files) / expected - 1)).toBeLessThan(0.01);
  const loaded = costSoFar(plan, { begun: 0, closed: 0, writes: 0 }, 0);
  expect(loaded).toBeGreaterThan(0);
  expect(loaded).toBeLessThan(expected / 50);
});

test('a price is that of the table, and usages add up', () => {
  expect(priceOf({ writeUnits: 2e6, readUnits: 1e6 })).toBeCloseTo(1.375);
  expect(plus({ writeUnits: 1 }, { writeUnits: 2, s3Reads: 1 }, 3)).toEqual({ writeUnits: 7, s3Reads: 3 });
  expect(callUsage(100)).toEqual({ lambdaRequests: 1, lambdaGigabyteSeconds: expect.closeTo(0.01625) });
});
