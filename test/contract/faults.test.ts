import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clauseOf, faultsOf } from '../../lib/contract/faults.ts';
import { routes } from '../../lib/contract/routes.ts';

/** What is said of a value, as `path: message`. */
function said(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value, { error: clauseOf });
  return error ? faultsOf(error).map(({ path, message }) => (path ? `${path}: ${message}` : message)) : [];
}

const JARGON = /invalid|unrecognized|received|too (small|big)|undefined|\[object/i;

/** Names that requests have, so that what is tried comes near to what is meant. */
const member = fc.constantFrom(
  ...new Set(
    Object.values(routes).flatMap(({ input }) =>
      input instanceof z.ZodObject ? Object.keys(input.shape) : [],
    ),
  ),
  ...['name', 'did', 'token', 'url', 'site', 'replicas', 'retry', 'format', 'count', '__proto__'],
);
const { request } = fc.letrec<{ request: unknown; value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      0.5,
      1e308,
      '',
      'a',
      'a b',
      'x'.repeat(600),
      '\ud800',
      'done',
      'never',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('request'),
  ),
  request: fc.dictionary(member, tie('value'), { maxKeys: 5 }),
}));

describe('what is wrong with a request', () => {
  test('is said in plain clauses, whatever is sent to whatever verb', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(routes)),
        fc.oneof(request, fc.jsonValue()),
        (name, value) => {
          const route = Object.entries(routes).find(([own]) => own === name)?.[1] ?? expect.unreachable();
          const { success } = route.input.safeParse(value);
          const clauses = said(route.input, value);

          expect(clauses.length > 0).toBe(!success);
          expect(clauses.length).toBeLessThanOrEqual(5);
          for (const clause of clauses) {
            expect(clause).toMatch(/^[^\n]{5,300}$/);
            expect(clause.replace(/"[^"]*"/g, '""')).not.toMatch(JARGON);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('is said of the form that was meant, where there are several', () => {
    const form = z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() }), z.string()], {
      error: 'give a or b',
    });

    expect(said(form, { a: 'x' })).toEqual(['a: a number is expected, not "x"']);
    expect(said(form, { b: 1.5 })).toEqual(['b: a whole number is expected, not 1.5']);
    expect(said(form, { a: 1, b: 2 })).toEqual(['give a or b']);
    expect(said(form, {})).toEqual(['give a or b']);
    expect(said(form, 7)).toEqual(['give a or b']);
  });

  test('is said of the first five faults', () => {
    expect(said(z.array(z.int()), [true, true, 1, true, true, true, true])).toEqual(
      [0, 1, 3, 4, 5].map(index => `${index}: a number is expected, not true`),
    );
  });

  test('shows the beginning of what is long', () => {
    expect(said(z.object({ a: z.int() }), { a: 'x'.repeat(100) })).toEqual([
      `a: a number is expected, not "${'x'.repeat(39)}…`,
    ]);
  });
});
