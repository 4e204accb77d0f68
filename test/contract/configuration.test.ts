import { expect, test } from 'vitest';
import { clauseOf, faultsOf } from '../../lib/contract/faults.ts';
import { Configuration } from '../../lib/contract/queues.ts';

/** What is wrong with a configuration, in words. */
function faults(configuration: unknown): string[] {
  const parsed = Configuration.safeParse(configuration, { error: clauseOf });
  return parsed.error ? faultsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`) : [];
}

test('a configuration of nothing is one', () => {
  expect(Configuration.parse({})).toEqual({ queues: {}, bindings: {}, configs: {} });
});

test.each([
  [{ queues: { juicer: { leaseSecs: 1 } } }, 'queues.juicer: there is no field "leaseSecs"'],
  [
    { queues: { juicer: { leaseSeconds: 'long' } } },
    'queues.juicer.leaseSeconds: a number is expected, not "long"',
  ],
  [{ bindings: { promote: 'juicer' } }, 'bindings.promote: there is no queue juicer in this file'],
  [
    { queues: { a: { bindings: ['n'] }, b: { bindings: ['n'] } } },
    'queues.b.bindings: n is bound to a already',
  ],
  [
    { queues: { a: { bindings: ['n'] }, b: {} }, bindings: { n: 'b' } },
    'queues.a.bindings: n is bound to b already',
  ],
  [{ configs: { sessions: [] } }, 'configs.sessions: configurations are a JSON object'],
  [
    { queues: { 'two words': {} } },
    'queues.two words: the name of a queue may have letters, digits and _ . @ + -, and begins with a letter, a digit or _',
  ],
])('%j is refused: %s', (configuration, fault) => {
  expect(faults(configuration)).toEqual([fault]);
});
