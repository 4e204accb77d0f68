import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatToken, parseToken } from '../../lib/domain/token.ts';

const tokens = fc.record({
  project: fc.integer({ min: 1, max: 999_999_999_999_999 }),
  block: fc.nat(36 ** 6 - 1),
  slot: fc.nat(255),
  attempt: fc.integer({ min: 1, max: 62 ** 3 }),
  lease: fc.integer({ min: 1, max: 36 ** 8 - 1 }),
});

test('a token is short text that says where its file is, and which attempt and lease it speaks for', () => {
  const token = { project: 17, block: 39_062, slot: 255, attempt: 2, lease: 1295 };
  expect(formatToken(token)).toBe('17.u52.73.2.zz');
});

test('a token reads back as it was written, and fits in 64 characters', () => {
  fc.assert(
    fc.property(tokens, token => {
      const text = formatToken(token);
      expect(parseToken(text)).toEqual(token);
      expect(text.length).toBeLessThanOrEqual(64);
    }),
  );
});

test.each([
  [
    '',
    '1',
    '1.0.0.1',
    '1.0.0.1.1.1',
    '1..0.1.1',
    '0.0.0.1.1',
    '-1.0.0.1.1',
    'a.0.0.1.1',
    '1.0.0.1.',
    ' 1.0.0.1.1',
  ],
  [
    '1.0.0.1.1\n',
    '1.0.0.0.1',
    '1.0.0.1.0',
    '1.00.0.1.1',
    '1.0.01.1.1',
    '01.0.0.1.1',
    '1.A.0.1.1',
    '1.0.0.1.-1',
  ],
  [
    '1.0000001.0.1.1',
    '1.0.100.1.1',
    '1.0.0.10000.1',
    '1.0.0.1.100000000',
    '1234567890123456.0.0.1.1',
    '１.0.0.1.1',
  ],
])('what is no token is refused: %j, %j, %j and more', (...texts) => {
  expect(texts.filter(text => parseToken(text) !== undefined)).toEqual([]);
});

test('whatever text is taken for a token is the one text of that token', () => {
  const nearly = tokens.chain(token =>
    fc
      .tuple(fc.constant(formatToken(token)), fc.nat(40), fc.string({ maxLength: 2 }))
      .map(([text, at, insert]) => text.slice(0, at) + insert + text.slice(at + 1)),
  );
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string(), fc.stringMatching(/^[0-9a-z.]{5,30}$/)), text => {
      const token = parseToken(text);
      if (token) expect(formatToken(token)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});
