import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendToLog, type LogStanding } from '../../../lib/domain/task/log.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const by = (lease: number, attempt = 1) => ({ lease, attempt, worker: 'w1' });

/** A log as it would be read, and what it decided on each append. */
function writer(mostBytes = 1000) {
  let standing: LogStanding | undefined;
  let text = '';
  return {
    append(lease: number, command: { text: string; from?: number; process?: string }, attempt = lease) {
      const decided = appendToLog(standing, by(lease, attempt), command, mostBytes, NOW);
      if (decided.kind === 'refused') return decided.reason;
      if (decided.kind === 'appended') text += decided.text;
      standing = decided.standing;
      return decided.kind;
    },
    text: () => text,
    standing: () => standing,
  };
}

const lines = fc.array(
  fc.stringMatching(/^[a-z é€]{0,12}$/).map(line => `${line}\n`),
  {
    minLength: 1,
    maxLength: 30,
  },
);

test('however lines are batched, and batches are repeated, each line is kept once and in order', () => {
  fc.assert(
    fc.property(lines, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }), (all, cuts) => {
      const log = writer(100_000);
      const bytesBefore = (n: number) => Buffer.byteLength(all.slice(0, n).join(''));
      const send = (start: number, end: number) =>
        log.append(1, { text: all.slice(start, end).join(''), from: bytesBefore(start) });
      let known = 0;
      for (const [a, b] of cuts) {
        const start = Math.min(a % all.length, known);
        const end = start + 1 + (b % (all.length - start));
        send(start, end);
        known = Math.max(known, end);
      }
      send(0, all.length);
      expect(log.text()).toBe(all.join(''));
      expect(log.standing()).toMatchObject({ came: bytesBefore(all.length), bytes: bytesBefore(all.length) });
    }),
  );
});

test('lines without a place follow what came', () => {
  const log = writer();
  log.append(1, { text: 'one\n' });
  log.append(1, { text: 'two\n' });
  expect(log.text()).toBe('one\ntwo\n');
});

test('a further attempt begins with a line that says so, and ends what comes of those before it', () => {
  const log = writer();
  log.append(1, { text: 'one\n', from: 0 });
  expect(log.append(2, { text: 'two\n', from: 0 })).toBe('appended');
  expect(log.append(1, { text: 'late\n', from: 4 })).toBe('overtaken');
  log.append(2, { text: 'three\n', from: 4 });
  expect(log.text()).toBe('one\n=== attempt 2 by w1, 2026-01-02T03:04:05.000Z\ntwo\nthree\n');
});

test('a worker that goes on with an attempt after a restart counts anew, and nothing more comes of the former process', () => {
  const log = writer();
  log.append(1, { text: 'one\ntwo\n', from: 0, process: 'a' });
  expect(log.append(1, { text: 'three\n', from: 0, process: 'b' })).toBe('appended');
  expect(log.append(1, { text: 'three\nfour\n', from: 0, process: 'b' })).toBe('appended');
  expect(log.append(1, { text: 'two\nlate\n', from: 4, process: 'a' })).toBe('unchanged');
  expect(log.text()).toBe('one\ntwo\nthree\nfour\n');
});

test('a second attempt that is the first to write says which one it is', () => {
  const log = writer();
  log.append(2, { text: 'two\n' });
  expect(log.text()).toMatch(/^=== attempt 2 .*\ntwo\n$/);
});

test('of an attempt no more than so much is kept, whole lines, and one line says so', () => {
  const log = writer(10);
  log.append(1, { text: 'one\ntwo\nthree\n', from: 0 });
  expect(log.text()).toBe('one\ntwo\n=== of one attempt 10 bytes are kept: the rest is left out\n');
  expect(log.append(1, { text: 'four\n', from: 14 })).toBe('unchanged');
  expect(log.standing()).toMatchObject({ isFull: true });
  log.append(2, { text: 'five\n', from: 0 });
  expect(log.text()).toMatch(/five\n$/);
});

test('what exactly fits is kept', () => {
  const log = writer(8);
  log.append(1, { text: 'one\ntwo\n' });
  expect(log.text()).toBe('one\ntwo\n');
  expect(log.standing()).toMatchObject({ isFull: false });
});
