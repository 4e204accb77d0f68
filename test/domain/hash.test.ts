import { expect, test } from 'vitest';
import { hash64 } from '../../lib/domain/hash.ts';

const hex = (text: string) => {
  const { high, low } = hash64(text);
  return [high, low].map(half => half.toString(16).padStart(8, '0')).join('');
};

test('the hash gives the published vectors', () => {
  expect(['a', 'b', 'revenge', 'revenue'].map(hex)).toEqual([
    '501c2ba782c97901',
    '459eda5bc254d2bf',
    'fbce64cc3b748385',
    'fb1d85148d13f93a',
  ]);
});

test('names that differ only in a number collide no more often in either half than chance has it', () => {
  const count = 100_000;
  const hashes = Array.from({ length: count }, (_, i) => hash64(`mc:run2/file-${i}.root`));
  const expected = count ** 2 / 2 / 2 ** 32;
  for (const half of ['high', 'low'] as const) {
    const repeats = count - new Set(hashes.map(hash => hash[half])).size;
    expect(repeats).toBeLessThan(expected * 5);
  }
});
