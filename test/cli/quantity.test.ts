import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatRate } from '../../lib/cli/frame/quantity.ts';

describe('formatCount', () => {
  it('sets thousands apart, and nothing else', () => {
    expect([0, 999, 1000, 12_345, 10_000_000].map(formatCount)).toEqual([
      '0',
      '999',
      '1,000',
      '12,345',
      '10,000,000',
    ]);
    fc.assert(
      fc.property(fc.maxSafeNat(), count => Number(formatCount(count).replaceAll(',', '')) === count),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1_200_000, '1.2 MB'],
    [9_960_000, '10 MB'],
    [34_400_000_000, '34 GB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is short, and within 5 % of the truth', () => {
    const factors = new Map(
      ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'].map((unit, power) => [unit, 1000 ** power]),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), bytes => {
        const [value, unit = ''] = formatBytes(bytes).split(' ');
        const read = Number(value) * (factors.get(unit) ?? Number.NaN);
        expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes * 0.05);
        expect(value?.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('formatRate', () => {
  it('has a decimal only where it says something', () => {
    expect([0, 0.44, 9.94, 12.3, 3456.7].map(formatRate)).toEqual([
      '0/s',
      '0.4/s',
      '9.9/s',
      '12/s',
      '3,457/s',
    ]);
  });
});
