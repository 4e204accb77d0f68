import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Attributes } from '../../lib/contract/attributes.ts';
import { LIMITS } from '../../lib/contract/limits.ts';

const fault = (value: unknown) => Attributes.safeParse(value).error?.issues[0]?.message;

/** An object in objects, so many levels deep. */
function nested(levels: number): unknown {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

describe('attributes', () => {
  test('are kept exactly as they are given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), given => {
        const sent: unknown = JSON.parse(JSON.stringify(given));
        const { data, success } = Attributes.safeParse(sent);
        if (success) expect(JSON.stringify(data)).toBe(JSON.stringify(sent));
        else expect(fault(sent)).toMatch(/__proto__|larger/);
      }),
    );
  });

  test.each([[[]], ['a'], [7], [null], [undefined], [true]])('are an object, not %j', value => {
    expect(fault(value)).toBe('attributes are a JSON object');
  });

  test('are nested 32 levels deep at most', () => {
    expect(fault(nested(LIMITS.attributesDepth))).toBeUndefined();
    expect(fault(nested(LIMITS.attributesDepth + 1))).toBe('attributes are nested more than 32 levels deep');
  });

  test('have 8192 characters of JSON at most', () => {
    expect(fault({ a: 'x'.repeat(LIMITS.attributesLength - 8) })).toBeUndefined();
    expect(fault({ a: 'x'.repeat(LIMITS.attributesLength - 7) })).toMatch(/larger than 8192/);
  });

  test.each([
    ['{"__proto__":{}}', 'attributes cannot have the name __proto__'],
    ['{"a":[{"__proto__":1}]}', 'attributes cannot have the name __proto__'],
    ['{"a":[1,-1e400]}', 'attributes have a number that is too large'],
  ])('that are %s are refused, for they could not be kept as they are', (text, message) => {
    expect(fault(JSON.parse(text))).toBe(message);
  });
});
