import { beforeEach, describe, expect, it } from 'vitest';
import { Progress } from '../../lib/cli/frame/progress.ts';
import { progressBar } from '../../lib/cli/frame/progress-line.ts';
import { displayWidth } from '../../lib/cli/frame/text.ts';
import { MemoryOutput } from '../support/run-cli.ts';

let clock = 0;
beforeEach(() => {
  clock = 1_700_000_000_000;
});

function start({ columns, json = false }: { columns?: number; json?: boolean }) {
  const stderr = new MemoryOutput(columns);
  const progress = new Progress({ stderr, json, now: () => clock }, 'loading');
  return {
    progress,
    /** What each redraw of the line shows; on a terminal the last one is what stands there. */
    shown: () =>
      stderr.text
        .split(columns === undefined ? '\n' : '\r\u001b[K')
        .filter((text, at) => at > 0 || text !== '')
        .filter(text => columns !== undefined || text !== ''),
  };
}

describe('progress on a terminal', () => {
  it('is a bar with count, share, rate and time left, redrawn in its place', () => {
    const { progress, shown } = start({ columns: 100 });
    progress.update({ done: 0, total: 2000 });
    clock += 1000;
    progress.update({ done: 500, total: 2000, notes: { failed: 3, lost: 0, late: 1200 } });
    expect(shown()).toEqual([
      'loading  ░░░░░░░░░░░░░░░░░░░  0/2,000  0%',
      'loading  ████░░░░░░░░░░░░░░░  500/2,000  25%  500/s  ETA 3s  3 failed, 1,200 late',
    ]);
  });

  it('shows bytes in the unit that suits them', () => {
    const { progress, shown } = start({ columns: 100 });
    progress.update({ done: 0, total: 34_000_000, unit: 'bytes' });
    clock += 1000;
    progress.update({ done: 17_000_000, total: 34_000_000, unit: 'bytes' });
    expect(shown().at(-1)).toBe('loading  █████████░░░░░░░░░░  17 MB/34 MB  50%  17 MB/s  ETA 1s');
  });

  it('is drawn ten times a second at most, however often it is told', () => {
    const { progress, shown } = start({ columns: 80 });
    for (let done = 0; done < 10_000; done++) {
      progress.update({ done, total: 10_000 });
      clock += 0.1;
    }
    expect(shown()).toHaveLength(10);
  });

  it('ends with the last count, the whole time and the average, on a line that stays', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.update({ done: 0, total: 1000 });
    clock += 99_990;
    progress.update({ done: 900, total: 1000 });
    clock += 10;
    progress.update({ done: 1000, total: 1000 });
    progress.finish();
    expect(shown().at(-1)).toBe('loading  ███████████████  1,000/1,000  100%  10/s  in 1m40s\n');
  });

  it('counts the rate from where it was found, not from nothing', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.update({ done: 500, total: 1000 });
    expect(shown().at(-1)).toMatch(/50%$/);
    clock += 1000;
    progress.update({ done: 510, total: 1000 });
    expect(shown().at(-1)).toMatch(/10\/s {2}ETA 49s$/);
    progress.finish();
    expect(shown().at(-1)).toMatch(/ {2}10\/s {2}in 1s\n$/);
  });

  it('forgets the pace of ten seconds ago', () => {
    const { progress, shown } = start({ columns: 80 });
    for (let second = 0; second <= 10; second++) {
      progress.update({ done: second * 100, total: 5000 });
      clock += 1000;
    }
    expect(shown().at(-1)).toContain('100/s');
    for (let second = 1; second <= 11; second++) {
      progress.update({ done: 1000 + second * 10, total: 5000 });
      clock += 1000;
    }
    expect(shown().at(-1)).toContain('10/s  ETA 6m29s');
  });

  it('knows the pace also where it is told of it more rarely than that', () => {
    const { progress, shown } = start({ columns: 80 });
    for (const done of [0, 150, 300]) {
      progress.update({ done, total: 600 });
      clock += 15_000;
    }
    expect(shown().at(-1)).toMatch(/ {2}10\/s {2}ETA 30s$/);
  });

  it('has no time left to tell while nothing moves, and begins anew where the count went back', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.update({ done: 10, total: 100 });
    clock += 1000;
    progress.update({ done: 10, total: 100 });
    expect(shown().at(-1)).toMatch(/10% {2}0\/s$/);
    clock += 1000;
    progress.update({ done: 0, total: 100 });
    expect(shown().at(-1)).toMatch(/0% *$/);
    clock += 1000;
    progress.update({ done: 5, total: 100 });
    expect(shown().at(-1)).toMatch(/5\/s {2}ETA 19s$/);
  });

  it('says 100% only when all is done, also where there is nothing to do', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.update({ done: 9999, total: 10_000 });
    expect(shown().at(-1)).toContain(' 99%');
    clock += 1000;
    progress.update({ done: 0, total: 0 });
    expect(shown().at(-1)).toContain('0/0  100%');
  });

  it('is a count and a rate while the total is not known', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.update({ done: 0 });
    clock += 1000;
    progress.update({ done: 1234 });
    expect(shown().at(-1)).toBe('loading  1,234  1,234/s');
  });

  it('can be cleared away; nothing is written before it was first told something', () => {
    const { progress, shown } = start({ columns: 80 });
    progress.clear();
    progress.finish();
    expect(shown()).toEqual([]);
    progress.update({ done: 1, total: 2 });
    progress.clear();
    expect(shown().at(-1)).toBe('');
  });

  it('leaves out the rate, then the label or the bar, then both, where the terminal is narrow', () => {
    const standing = { done: 4453, total: 20_000, notes: { failed: 12 } };
    const at = (columns: number, label = 'project 12') =>
      progressBar(label, standing, { perSecond: 1539 }, columns);
    expect(at(80)).toBe('project 12  ███░░░░░░░░░░░░░  4,453/20,000  22%  1,539/s  ETA 10s  12 failed');
    expect(at(70)).toBe('project 12  ███░░░░░░░░░░░  4,453/20,000  22%  ETA 10s  12 failed');
    expect(at(60)).toBe('██░░░░░░░░░░  4,453/20,000  22%  ETA 10s  12 failed');
    expect(at(46, 'loading')).toBe('loading  4,453/20,000  22%  ETA 10s  12 failed');
    expect(at(40)).toBe('4,453/20,000  22%  ETA 10s  12 failed');
    expect(at(20)).toBe('4,453/20,000  22%  …');
    for (let columns = 10; columns < 130; columns++)
      expect(displayWidth(at(columns))).toBeLessThanOrEqual(columns);
  });
});

describe('progress elsewhere', () => {
  it('is a plain line every five seconds, and one at the end', () => {
    const { progress, shown } = start({});
    for (let done = 0; done <= 120; done++) {
      progress.update({ done, total: 120 });
      clock += 100;
    }
    progress.finish();
    expect(shown()).toEqual([
      'loading  0/120  0%',
      'loading  50/120  41%  10/s  ETA 7s',
      'loading  100/120  83%  10/s  ETA 2s',
      'loading  120/120  100%  9.9/s  in 12s',
    ]);
  });

  it('is silent with --json', () => {
    const { progress, shown } = start({ columns: 80, json: true });
    progress.update({ done: 1, total: 2 });
    progress.clear();
    progress.finish();
    expect(shown()).toEqual([]);
  });
});
