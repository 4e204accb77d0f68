import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didFault, formatDid, MAX_DID_LENGTH, parseDid } from '../../lib/domain/did.ts';

test.each([
  ['name', { name: 'name' }],
  ['a:b', { namespace: 'a', name: 'b' }],
  ['a:b:c', { namespace: 'a', name: 'b:c' }],
  ['/data/run 1/Été.root', { name: '/data/run 1/Été.root' }],
])('%s is read as %j, and is well formed', (did, parts) => {
  expect(parseDid(did)).toEqual(parts);
  expect(didFault(did)).toBeUndefined();
});

test('any text is the DID that its parts make', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), did => {
      expect(formatDid(parseDid(did))).toBe(did);
    }),
  );
});

test.each([
  ['', 'the name is empty'],
  [':', 'the namespace before ":" is empty'],
  [':a', 'the namespace before ":" is empty'],
  ['a:', 'the name after ":" is empty'],
  ['a\nb', 'the name has a control character'],
  ['a\u0000', 'the name has a control character'],
  ['a\u007fb', 'the name has a control character'],
  [' a', 'the name begins or ends with a space'],
  ['a:b ', 'the name begins or ends with a space'],
  ['a\ud800', 'the name is not valid Unicode'],
])('%j is refused: %s', (did, fault) => {
  expect(didFault(did)).toBe(fault);
});

test('a DID has a greatest length', () => {
  expect(didFault('x'.repeat(MAX_DID_LENGTH))).toBeUndefined();
  expect(didFault('x'.repeat(MAX_DID_LENGTH + 1))).toBe('the name is longer than 512 characters');
});
