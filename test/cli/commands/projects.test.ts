import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { CliServer } from '../../support/cli-server.ts';
import { type CliOptions, runCli } from '../../support/run-cli.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ sharing: ['files'] });
});
afterAll(() => server.stop());

/** A project of virtual files, some of which are then done, failed for good, or held by the worker `w1`. */
async function project({
  names = ['a', 'b', 'c', 'd'],
  done = 0,
  failed = 0,
  held = 0,
  title = '',
}: {
  names?: readonly string[];
  done?: number;
  failed?: number;
  held?: number;
  title?: string;
} = {}): Promise<number> {
  const files = names.map(name => ({ name }));
  const { id } = (await server.client.createProject({ files, title, virtual: true })).project;
  for (const [count, verb] of [
    [done, 'done'],
    [failed, 'failed'],
    [held, 'held'],
  ] as const) {
    if (count === 0) continue;
    const reply = await server.client.reserve({ project: id, worker: 'w1', count });
    const tokens = reply.status === 'reserved' ? reply.reservations.map(({ token }) => token) : [];
    if (verb === 'done') await server.client.done({ project: id, done: tokens });
    const failures = tokens.map(token => ({ token, retry: false, reason: 'no\nspace' }));
    if (verb === 'failed') await server.client.failed({ project: id, failed: failures });
  }
  return id;
}

/** Starts a command line, and waits until it has said something. */
async function started(line: string, options: CliOptions = {}) {
  const { promise: spoken, resolve: onWrite } = Promise.withResolvers<unknown>();
  const ended = server.cli(line, {
    ...options,
    onWrite: text => {
      onWrite(text);
      options.onWrite?.(text);
    },
  });
  await spoken;
  return { ended };
}

describe('project list', () => {
  it('is a table with the counts of each project', async () => {
    const id = await project({ done: 2, failed: 1, title: 'May run' });
    const { code, stdout } = await server.cli('project list');
    expect(code).toBe(EXIT.ok);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^ *ID {2}STATE +DONE +FAILED +FILES +OWNER +CREATED +TITLE$/);
    expect(rows.at(-1)).toMatch(new RegExp(`^ *${id} +active +2 +1 +4 +local +${TIME} +May run$`));
  });

  it('shows only those in a state, of an owner, or the first few', async () => {
    const first = await project();
    const cancelled = await project();
    await server.client.cancelProject({ project: cancelled });
    const ids = async (options: string) => {
      const { stdout } = await server.cli(`project list -j ${options}`);
      return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line).id]));
    };
    expect(await ids('--state cancelled')).toEqual([cancelled]);
    expect(await ids('--state active')).toContain(first);
    expect(await ids('--state active')).not.toContain(cancelled);
    expect(await ids('--owner ana')).toEqual([]);
    expect(await ids('--limit 2')).toHaveLength(2);
  });
});

describe('project show', () => {
  it('tells the counts with their shares, and the settings', async () => {
    const id = await project({ done: 2, failed: 1, title: 'May run' });
    const { stdout } = await server.cli(`project show ${id}`);
    const fields = Object.fromEntries(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.trim().split(/ {2,}/)),
    );
    expect(fields).toMatchObject({
      ...{ project: String(id), title: 'May run', owner: 'local', state: 'active', files: '4' },
      ...{ done: '2 (50.0%)', failed: '1 (25.0%)', reserved: '0', ready: '1 (25.0%)', lanes: 'default' },
      ...{
        lease: '12h, then tried again',
        idle: '3d, then abandoned',
        attempts: 'at most 10, 1s to 5m apart',
      },
    });
    expect(fields).not.toHaveProperty('ended');
  });

  it('prints the project itself with --json', async () => {
    const id = await project({ done: 1 });
    const { stdout } = await server.cli(`project show ${id} --json`);
    expect(JSON.parse(stdout)).toMatchObject({ id, counts: { done: 1, ready: 3 } });
  });
});

describe('project cost', () => {
  it('says that this home costs nothing, what AWS would take, and about what it would have taken', async () => {
    const id = await project({ done: 2 });
    const { stdout, code } = await server.cli(`project cost ${id} --files-per-call 10`);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^paid {6}nothing: it runs on your machine; AWS would take$/m);
    expect(stdout).toMatch(/^expected {2}\$0\.000\d+ at 10 files a call$/m);
    expect(stdout).toMatch(/^so far {4}about \$0\.000\d+, by 2 writes of blocks$/m);
  });

  it('prints the figures with --json', async () => {
    const { stdout } = await server.cli(`project cost ${await project()} --json`);
    expect(JSON.parse(stdout)).toMatchObject({ isPaid: false, filesPerCall: 1, blockWrites: 0 });
  });
});

describe('project files', () => {
  it('lists each file with its state, who holds it until when, and when and why it failed', async () => {
    const id = await project({ done: 1, failed: 1, held: 1 });
    const { stdout } = await server.cli(`project files ${id}`);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^FILE {2}STATE +ATTEMPTS {2}WORKER +WHEN {2}REASON$/);
    expect(rows).toEqual([
      expect.stringMatching(/^a +done +1$/),
      expect.stringMatching(new RegExp(`^b +failed +1 +w1 +${TIME} +no space$`)),
      expect.stringMatching(new RegExp(`^c +reserved +1 +w1 +until ${TIME}$`)),
      expect.stringMatching(/^d +ready +0$/),
    ]);
  });

  it('says until when a file is not tried again', async () => {
    const id = await project({ names: ['a'] });
    await server.cli(`worker next ${id} -w w1`);
    await server.cli(`worker failed ${id} a -w w1`);
    const { stdout } = await server.cli(`project files ${id}`);
    expect(stdout).toMatch(new RegExp(`^a +ready +1 +w1 +after ${TIME}`, 'm'));
  });

  it('chooses by state, worker or lane', async () => {
    const files = [{ name: 'a', lane: 'tape' }, { name: 'b' }];
    const { id } = (await server.client.createProject({ files, virtual: true })).project;
    await server.client.reserve({ project: id, worker: 'w9', lanes: ['tape'] });
    const dids = async (option: string) => {
      const { stdout } = await server.cli(`project files ${id} -j ${option}`);
      return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line).did]));
    };
    expect(await dids('--state reserved')).toEqual(['a']);
    expect(await dids('--worker w9')).toEqual(['a']);
    expect(await dids('--worker w1')).toEqual([]);
    expect(await dids('--lane default')).toEqual(['b']);
  });

  it('goes through all pages, or as far as --limit', async () => {
    const names = Array.from({ length: 2500 }, (_, n) => `f${n}`);
    const id = await project({ names });
    const lines = async (options: string) =>
      (await server.cli(`project files ${id}${options}`)).stdout.trimEnd().split('\n');
    expect((await lines(' -j')).map(line => JSON.parse(line).did)).toEqual(names);
    expect(await lines('')).toHaveLength(2501);
    expect(await lines(' -j --limit 1001')).toHaveLength(1001);
  });
});

describe('project watch', () => {
  it('ends with 0 when every file is done', async () => {
    const id = await project({ done: 4 });
    const { code, stdout } = await server.cli(`project watch ${id}`);
    expect([code, stdout]).toEqual([EXIT.ok, `project ${id} is done: 4 done\n`]);
  });

  it.each([
    ['failed', async () => project({ done: 3, failed: 1 }), '3 done, 1 failed'],
    [
      'cancelled',
      async () => {
        const id = await project();
        await server.client.cancelProject({ project: id });
        return id;
      },
      '4 ready',
    ],
  ])('ends with 1 when the project is %s', async (state, make, counts) => {
    const id = await make();
    const { code, stdout } = await server.cli(`project watch ${id}`);
    expect([code, stdout]).toEqual([EXIT.no, `project ${id} is ${state}: ${counts}\n`]);
  });

  it('looks on while the work goes on, and says how far it is', async () => {
    const id = await project({ held: 4 });
    const { ended } = await started(`project watch ${id} --interval 0.01s`);
    await server.client.failed({ project: id, worker: 'w1', failed: [{ did: 'a', retry: false }] });
    await server.client.done({ project: id, worker: 'w1', done: [{ did: 'b' }, { did: 'c' }] });
    await server.client.done({ project: id, worker: 'w1', done: [{ did: 'd' }] });
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([EXIT.no, `project ${id} is failed: 3 done, 1 failed\n`]);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(new RegExp(`^project ${id} {2}4/4 {2}100% .* 1 failed$`));
  });

  it('asks a server that is slow to count no more often than it answers', async () => {
    const id = await project({ held: 4 });
    const shown = JSON.stringify(await server.client.showProject({ project: id }));
    let [asked, answeredAt, shortest] = [0, 0, Number.POSITIVE_INFINITY];
    const slow = createServer(async (_request, response) => {
      asked += 1;
      if (asked > 2) shortest = Math.min(shortest, performance.now() - answeredAt);
      await setTimeout(100);
      response.setHeader('content-type', 'application/json');
      response.end(asked < 4 ? shown : shown.replace('"active"', '"cancelled"'));
      answeredAt = performance.now();
    });
    await new Promise<void>(resolve => slow.listen(0, '127.0.0.1', resolve));
    const address = slow.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await runCli([
      'project',
      'watch',
      String(id),
      '--interval',
      '0.01s',
      '--server',
      `http://127.0.0.1:${port}`,
    ]);
    slow.close();
    expect(shortest).toBeGreaterThan(90);
  });

  it('draws a bar on a terminal, and leaves it there', async () => {
    const id = await project({ done: 2, failed: 2 });
    const { stderr } = await server.cli(`project watch ${id}`, { columns: 100 });
    expect(stderr).toMatch(new RegExp(`project ${id} {2}█+ {2}4/4 {2}100% {2}in 0s {2}2 failed\n$`));
  });

  it('prints one line of JSON for each change with --json', async () => {
    const id = await project({ names: ['a', 'b'], held: 2 });
    const { ended } = await started(`project watch ${id} -j --interval 0.02s`);
    await server.client.done({ project: id, worker: 'w1', done: [{ did: 'a' }, { did: 'b' }] });
    const { code, stdout, stderr } = await ended;
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line)).map(({ state, counts }) => [state, counts.done])).toEqual([
      ['active', 0],
      ['done', 2],
    ]);
    expect([code, stderr]).toEqual([EXIT.ok, '']);
  });

  it('waits for a server that is away for a while', async () => {
    const id = await project({ held: 4 });
    const { promise: missed, resolve: onWrite } = Promise.withResolvers<unknown>();
    const heard = { onWrite: (text: string) => text.includes('asking again') && onWrite(text) };
    const { ended } = await started(`project watch ${id} --interval 0.01s`, heard);
    await server.restart(async () => {
      await missed;
    });
    await server.client.cancelProject({ project: id });
    const { code, stderr } = await ended;
    expect(code).toBe(EXIT.no);
    expect(stderr.match(/the server does not answer \(.+\); asking again/g)).toHaveLength(1);
  });

  it('does not wait for a server that never answered', async () => {
    const env = { SLUICE_URL: 'http://127.0.0.1:1' };
    expect((await server.cli('project watch 1', { env })).code).toBe(EXIT.unavailable);
  });

  it('ends on Ctrl-C with the bar left as it was', async () => {
    const id = await project();
    const stop = new AbortController();
    const { ended } = await started(`project watch ${id}`, { columns: 80, signal: stop.signal });
    stop.abort(new Stopped('SIGINT'));
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([EXIT.interrupted, '']);
    expect(stderr).toMatch(/0\/4.*\n$/);
  });
});

describe('project restart', () => {
  it.each([
    ['--failed', 1, { done: 2, failed: 0, reserved: 1, ready: 2 }],
    ['--done', 2, { done: 0, failed: 1, reserved: 1, ready: 3 }],
    ['--reserved', 1, { done: 2, failed: 1, reserved: 0, ready: 2 }],
    ['--done --failed', 3, { done: 0, failed: 0, reserved: 1, ready: 4 }],
    ['--all', 4, { done: 0, failed: 0, reserved: 0, ready: 5 }],
    ['a c', 2, { done: 1, failed: 0, reserved: 1, ready: 3 }],
  ])('%s makes those files ready again', async (what, count, counts) => {
    const id = await project({ names: ['a', 'b', 'c', 'd', 'e'], done: 2, failed: 1, held: 1 });
    const { code, stdout } = await server.cli(`project restart ${id} ${what}`);
    const files = count === 1 ? '1 file' : `${count} files`;
    expect([code, stdout]).toEqual([
      EXIT.ok,
      `${files} of project ${id} ${count === 1 ? 'is' : 'are'} ready again\n`,
    ]);
    expect(await server.client.showProject({ project: id })).toMatchObject({ state: 'active', counts });
  });

  it('takes more names than a request can carry', async () => {
    const names = Array.from({ length: 1500 }, (_, n) => `f${n}`);
    const id = await project({ names });
    for (let left = 1500; left > 0; left -= 250) {
      const reply = await server.client.reserve({ project: id, worker: 'w', count: 250 });
      const done = reply.status === 'reserved' ? reply.reservations.map(({ token }) => token) : [];
      await server.client.done({ project: id, done });
    }
    const { counts } = await server.client.showProject({ project: id });
    const { stdout } = await server.cli(['project', 'restart', String(id), ...names, '--json']);
    expect(JSON.parse(stdout)).toEqual({ reopened: counts.done });
  });

  it.each(['', ' a --failed'])('must be told which files: "%s" is not clear', async what => {
    const { code, stderr } = await server.cli(`project restart 1${what}`);
    expect([code, stderr.split('\n')[0]]).toEqual([
      EXIT.usage,
      'sluice project restart: give either names of files, or --failed, --done, --reserved or --all',
    ]);
  });
});

describe('the life of a project', () => {
  it('is ended by cancel and gone on with by activate', async () => {
    const id = await project({ done: 1 });
    expect(await server.cli(`project cancel ${id}`)).toEqual({
      code: EXIT.ok,
      stdout: `project ${id} is cancelled: 1 done, 3 ready\n`,
      stderr: '',
    });
    expect((await server.cli(`project cancel ${id}`)).code).toBe(EXIT.refused);
    const { stdout } = await server.cli(`project activate ${id} -j`);
    expect(JSON.parse(stdout)).toMatchObject({ id, state: 'active' });
  });

  it('is begun anew by copy, with the same files and other settings where given', async () => {
    const id = await project({ done: 2, title: 'first' });
    const line = `project copy ${id} --title second --lease none --file-attribute pass=2 --attribute run=1`;
    const { code, stdout, stderr } = await server.cli(line);
    expect([code, stderr, stdout]).toEqual([EXIT.ok, '', expect.stringMatching(/^\d+\n$/)]);
    const copy = await server.client.showProject({ project: Number(stdout) });
    expect(copy).toMatchObject({ title: 'second', leaseSeconds: null, counts: { ready: 4, done: 0 } });
    expect(copy).toMatchObject({ attributes: { run: 1 }, fileAttributes: { pass: 2 } });
    expect(JSON.parse((await server.cli(`project copy ${id} -j`)).stdout)).toMatchObject({ title: 'first' });
  });

  it('ends for good with delete', async () => {
    const id = await project();
    expect(await server.cli(`project delete ${id} --yes`)).toMatchObject({
      code: EXIT.ok,
      stdout: `project ${id} is deleted\n`,
    });
    expect((await server.cli(`project show ${id}`)).code).toBe(EXIT.notFound);
  });
});

describe('project delete without --yes', () => {
  it.each(['y', 'Yes', ' yes '])('asks on a terminal, and does it on "%s"', async answer => {
    const id = await project({ title: 'May run' });
    const { code, stderr } = await server.cli(`project delete ${id}`, {
      stdin: `${answer}\n`,
      isTyped: true,
    });
    expect([code, stderr]).toEqual([EXIT.ok, `delete project ${id} "May run", 4 files, active? [y/N] `]);
    await expect(server.client.showProject({ project: id })).rejects.toMatchObject({ status: 404 });
  });

  it.each(['\n', 'n\n', 'yessir\n', ''])('leaves it on anything else (%j)', async stdin => {
    const id = await project();
    const { code, stderr } = await server.cli(`project delete ${id}`, { stdin, isTyped: true });
    expect([code, stderr]).toEqual([EXIT.no, expect.stringContaining(`project ${id} stays\n`)]);
    expect(await server.client.showProject({ project: id })).toMatchObject({ id });
  });

  it('refuses where nobody can be asked', async () => {
    const id = await project();
    const { code, stderr } = await server.cli(`project delete ${id}`, { stdin: 'y\n' });
    expect([code, stderr]).toEqual([
      EXIT.usage,
      `sluice project delete: to delete project ${id} where nobody can be asked, give --yes\n`,
    ]);
    expect(await server.client.showProject({ project: id })).toMatchObject({ id });
  });
});
