import { describe, expect, test } from 'vitest';
import type { WorkerEvent } from '../../lib/worker/index.ts';
import type { Journal } from '../../lib/worker/journal.ts';
import { batchesOf, fieldsOf, type Report } from '../../lib/worker/report.ts';
import { createReports } from '../../lib/worker/reports.ts';

const words = (token: string) => ({ project: 7, worker: 'w1', token, did: `did-${token}` });
const done = (token: string): Report => ({ ...words(token), verdict: 'done' });
const released = (token: string): Report => ({ ...words(token), verdict: 'released' });
const failed = (token: string): Report => ({
  ...words(token),
  verdict: 'failed',
  retry: true,
  reason: 'why',
});

describe('reports', () => {
  test('leave in the order in which the server answers them', () => {
    const reports = createReports({ journal: undefined, onEvent: () => {} });
    for (const report of [released('a'), failed('b'), done('c'), done('d')]) reports.add(report);
    const batch = reports.take();
    expect(batch.map(({ token }) => token)).toEqual(['c', 'd', 'b', 'a']);
    expect(fieldsOf(batch)).toEqual({
      done: ['c', 'd'],
      failed: [{ token: 'b', retry: true, reason: 'why' }],
      released: ['a'],
    });
  });

  test('leave in lots that one call may carry, the oldest first', () => {
    const reports = createReports({ journal: undefined, onEvent: () => {} });
    for (let n = 0; n < 1500; n += 1) reports.add(done(`${n}`));
    expect(reports.take()).toHaveLength(1024);
    expect(reports.take().at(0)?.token).toBe('1024');
    expect(reports.waiting).toBe(0);
  });

  test('stay in memory when the journal cannot be written, which is an event', () => {
    const events: WorkerEvent[] = [];
    const journal: Journal = {
      unanswered: [],
      keep(reports) {
        if (reports.length > 0) throw new Error('no space left on device');
      },
      acknowledge() {},
      close() {},
    };
    const reports = createReports({ journal, onEvent: event => events.push(event) });
    reports.secure();
    reports.add(done('a'));
    expect(events).toEqual([{ type: 'journal-failed', error: new Error('no space left on device') }]);
    expect(reports.take()).toEqual([done('a')]);
    reports.setAside([done('a')]);
    reports.close();
    expect(events.at(-1)).toEqual({ type: 'undelivered', reports: 1, inJournal: false });
  });
});

test('reports of a journal are delivered by project and worker, at most 1024 in a call', () => {
  const other = { ...done('x'), project: 8 };
  const third = { ...done('y'), worker: 'w2' };
  const many = Array.from({ length: 1030 }, (_, n) => done(`${n}`));
  const batches = batchesOf([...many.slice(0, 10), other, third, ...many.slice(10)]);
  expect(batches.map(({ desk, batch }) => [desk.project, desk.worker, batch.length])).toEqual([
    [7, 'w1', 1024],
    [8, 'w1', 1],
    [7, 'w2', 1],
    [7, 'w1', 6],
  ]);
});
