import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LockedError } from '../../lib/worker/file-lock.ts';
import { openJournal } from '../../lib/worker/journal.ts';
import type { Report } from '../../lib/worker/report.ts';
import { temporaryFolder } from './support.ts';

const done = (token: string): Report => ({
  project: 7,
  worker: 'w1',
  token,
  did: `did-${token}`,
  verdict: 'done',
});
const journalPath = () => join(temporaryFolder(), 'deep', 'journal.ndjson');

async function reopen(path: string): Promise<readonly Report[]> {
  const journal = await openJournal(path);
  journal.close();
  return journal.unanswered;
}

describe('a journal', () => {
  test('has after its reopening what was kept and not acknowledged, in order', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    const failed: Report = { ...done('b'), verdict: 'failed', retry: true, reason: 'line 1\nline 2' };
    journal.keep([done('a'), failed]);
    journal.keep([done('c')]);
    journal.acknowledge(['a']);
    journal.close();
    expect(await reopen(path)).toEqual([failed, done('c')]);
  });

  test('is emptied when all is acknowledged, and goes on', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    journal.keep([done('a'), done('b')]);
    journal.acknowledge(['a', 'b']);
    expect(readFileSync(path, 'utf8')).toBe('');
    journal.keep([done('c')]);
    journal.close();
    expect(await reopen(path)).toEqual([done('c')]);
  });

  test('is as small as what it holds after its reopening', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    journal.keep([done('a'), done('b')]);
    journal.acknowledge(['a']);
    journal.close();
    await reopen(path);
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify({ report: done('b') })}\n`);
  });

  test('passes over acknowledgements of what it does not have', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    journal.acknowledge(['x']);
    journal.close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('writes a report once, however often it is kept', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    const report = done('a');
    journal.keep([report]);
    journal.keep([report]);
    journal.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
  });

  test.each([
    ['half a line', '{"report":{"project":7,"wor'],
    ['a line without its end', JSON.stringify({ report: done('b') })],
    ['half a character', Buffer.from('{"report":{"did":"é').subarray(0, -1)],
    ['zeros of a power cut', '\0\0\0\0'],
  ])('drops %s at its end, and goes on after what came before', async (_what, torn) => {
    const path = journalPath();
    const journal = await openJournal(path);
    journal.keep([done('a')]);
    journal.close();
    appendFileSync(path, torn);
    const again = await openJournal(path);
    expect(again.unanswered).toEqual([done('a')]);
    again.keep([done('c')]);
    again.close();
    expect(await reopen(path)).toEqual([done('a'), done('c')]);
  });

  test.each(['hello\n', '{"report":{"token":"a"}}\n', '[1]\n{"ack":"a"}\n', '\n'])(
    'refuses %j as no journal, and leaves it alone',
    async text => {
      const path = join(temporaryFolder(), 'notes.txt');
      writeFileSync(path, text);
      await expect(openJournal(path)).rejects.toThrow(/line 1 of .*notes.txt/);
      expect(readFileSync(path, 'utf8')).toBe(text);
      writeFileSync(path, '');
      expect(await reopen(path)).toEqual([]);
    },
  );
});

test('a journal that finds no room on the disk stays readable, and takes the next report that fits', async () => {
  const path = journalPath();
  const big = { ...done('big'), verdict: 'failed', retry: true, reason: 'x'.repeat(2000) };
  const { stdout } = inAnotherProcess(
    path,
    `journal.keep([${JSON.stringify(done('a'))}]);
     try { journal.keep([${JSON.stringify(big)}]) } catch (error) { console.log(error.code) }
     journal.keep([${JSON.stringify(done('c'))}]);`,
    'ulimit -f 2;',
  );
  expect(stdout).toBe('EFBIG\n');
  expect(await reopen(path)).toEqual([done('a'), done('c')]);
});

describe('the lock of a journal', () => {
  test('lets one open it at a time', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    await expect(openJournal(path)).rejects.toThrow(LockedError);
    await expect(openJournal(path)).rejects.toThrow('is in use by another worker');
    journal.close();
    expect(await reopen(path)).toEqual([]);
  });

  test('holds against other processes', async () => {
    const path = journalPath();
    const journal = await openJournal(path);
    onTestFinished(() => journal.close());
    const { stderr, status } = inAnotherProcess(path, '');
    expect(stderr).toContain('LockedError');
    expect(status).not.toBe(0);
  });

  test('goes with a process that is killed, and what it kept stays', async () => {
    const path = journalPath();
    const { signal } = inAnotherProcess(
      path,
      `journal.keep([${JSON.stringify(done('a'))}]); process.kill(process.pid, 'SIGKILL');`,
    );
    expect(signal).toBe('SIGKILL');
    expect(await reopen(path)).toEqual([done('a')]);
  });
});

/** Opens the journal in a process of its own, after some preparation in a shell, and does something with it. */
function inAnotherProcess(path: string, then: string, prepare = '') {
  const module = JSON.stringify(new URL('../../lib/worker/journal.ts', import.meta.url).href);
  const script = `const { openJournal } = await import(${module});
    const journal = await openJournal(${JSON.stringify(path)}); ${then}`;
  const shell = `${prepare} exec "$0" "$@"`;
  const args = ['-c', shell, process.execPath, '--input-type=module', '-e', script];
  return spawnSync('sh', args, { encoding: 'utf8' });
}
