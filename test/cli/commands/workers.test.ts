import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { CliServer } from '../../support/cli-server.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ sharing: ['files'] });
  await writeFile(join(server.folder, 'files/real'), 'content');
});
afterAll(() => server.stop());
afterEach(() => writeFile(join(server.folder, '.sluice_worker_id'), 'me\n'));

async function project(names: readonly string[], settings: object = {}): Promise<number> {
  const files = names.map(name => ({ name }));
  return (await server.client.createProject({ files, virtual: true, ...settings })).project.id;
}

async function stateOf(id: number, did: string): Promise<string> {
  return (await server.client.showFile({ project: id, did })).state;
}

describe('worker id', () => {
  it('makes an id and keeps it, and then knows it', async () => {
    const file = join(server.folder, '.sluice_worker_id');
    const { stdout: fresh } = await server.cli('worker id --new');
    expect(fresh).toMatch(/^[0-9a-f]{8}\n$/);
    expect(await readFile(file, 'utf8')).toBe(fresh);
    expect((await server.cli('worker id')).stdout).toBe(fresh);
    expect((await server.cli('worker id -n')).stdout).not.toBe(fresh);
  });

  it('keeps the id that it is given', async () => {
    expect((await server.cli('worker id node-7')).stdout).toBe('node-7\n');
    expect(JSON.parse((await server.cli('worker id -j')).stdout)).toEqual({ worker: 'node-7' });
  });

  it('refuses what is no id, and an id with --new', async () => {
    const { code, stderr } = await server.cli(['worker', 'id', 'two words']);
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('two words is no worker id')]);
    expect((await server.cli('worker id x --new')).code).toBe(EXIT.usage);
  });
});

describe('worker next', () => {
  it('reserves a file for the worker of this folder and prints its name', async () => {
    const id = await project(['raw:a', 'raw:b']);
    expect(await server.cli(`worker next ${id}`)).toEqual({ code: EXIT.ok, stdout: 'raw:a\n', stderr: '' });
    expect(await server.client.showFile({ project: id, did: 'raw:a' })).toMatchObject({ worker: 'me' });
  });

  it.each([
    ['--worker', 'worker next ID --worker node-7', {}],
    ['-w', 'worker next ID -w node-7', {}],
    ['SLUICE_WORKER', 'worker next ID', { SLUICE_WORKER: 'node-7' }],
  ])('speaks for another worker with %s', async (_, line, env) => {
    const id = await project(['a']);
    await server.cli(line.replace('ID', String(id)), { env });
    expect(await server.client.showFile({ project: id, did: 'a' })).toMatchObject({ worker: 'node-7' });
  });

  it('prints all that a script needs with -j, and a URL that works', async () => {
    const { stdout: number } = await server.cli('project create --dir files --file-attribute run=7');
    const { stdout } = await server.cli(`worker next ${number.trim()} -j`);
    const file = JSON.parse(stdout);
    expect(file).toMatchObject({ did: 'real', size: 7, attempt: 1, attributes: { run: 7 }, worker: 'me' });
    expect(file).toMatchObject({ token: expect.any(String), deadline: expect.any(Number) });
    expect(file.url).toBe(file.replicas[0].url);
    expect(await (await fetch(file.url)).text()).toBe('content');
  });

  it('has no URL for a file without a copy', async () => {
    const id = await project(['a']);
    expect(JSON.parse((await server.cli(`worker next ${id} -j`)).stdout)).toMatchObject({ url: null });
  });

  it.each(['', '-j'])('says timeout, with a code of its own, when nothing comes in time %s', async json => {
    const id = await project(['a']);
    await server.client.reserve({ project: id, worker: 'other' });
    for (const wait of ['0', '0.05s']) {
      const { code, stdout, stderr } = await server.cli(`worker next ${id} --wait ${wait} ${json}`.trim());
      expect([code, stdout, stderr]).toEqual([EXIT.timeout, 'timeout\n', '']);
    }
  });

  it.each(['', '-j'])('says done, with a code of its own, when the project is over %s', async json => {
    const id = await project(['a', 'b']);
    await server.cli(`worker next ${id}`);
    await server.cli(`worker done ${id} a`);
    await server.cli(`worker next ${id}`);
    await server.cli(`worker failed -f ${id} b`);
    const { code, stdout, stderr } = await server.cli(`worker next ${id} ${json}`.trim());
    expect([code, stdout, stderr]).toEqual([EXIT.done, 'done\n', '']);
  });

  it('never says done or timeout of a project that is cancelled or unknown', async () => {
    const id = await project(['a']);
    await server.client.cancelProject({ project: id });
    const cancelled = await server.cli(`worker next ${id}`);
    expect(cancelled).toMatchObject({ code: EXIT.refused, stdout: '' });
    expect(cancelled.stderr).toContain('cancelled');
    expect(await server.cli('worker next 999')).toMatchObject({ code: EXIT.notFound, stdout: '' });
  });

  it('waits for a file as long as it takes unless told otherwise, and ends on Ctrl-C', async () => {
    const id = await project(['a']);
    await server.client.reserve({ project: id, worker: 'other' });
    const waiting = server.cli(`worker next ${id}`);
    await server.client.release({ project: id, worker: 'other', released: [{ did: 'a' }] });
    expect((await waiting).stdout).toBe('a\n');
    const stop = new AbortController();
    const stopped = server.cli(`worker next ${id} -w second`, { signal: stop.signal });
    stop.abort(new Stopped('SIGTERM'));
    expect(await stopped).toEqual({ code: EXIT.terminated, stdout: '', stderr: '' });
  });

  it('takes files of the lanes it is told, the first one first', async () => {
    const files = [{ name: 'a' }, { name: 'b', lane: 'tape' }, { name: 'c', lane: 'disk' }];
    const { id } = (await server.client.createProject({ files, virtual: true })).project;
    const next = async () => (await server.cli(`worker next ${id} --lane disk --lane tape -t 0`)).stdout;
    expect([await next(), await next(), await next()]).toEqual(['c\n', 'b\n', 'timeout\n']);
  });

  it('takes only files that fit the time it has left', async () => {
    const files = [
      { name: 'long', durationSeconds: 3600 },
      { name: 'short', durationSeconds: 5 },
    ];
    const { id } = (await server.client.createProject({ files, virtual: true })).project;
    const next = async () => (await server.cli(`worker next ${id} --seconds-left 1m --wait 0`)).stdout;
    expect([await next(), await next()]).toEqual(['short\n', 'timeout\n']);
  });

  it('is given the copies that its site prefers', async () => {
    const replicas = [
      { url: 'https://far/a', site: 'FAR' },
      { url: 'https://near/a', site: 'NEAR' },
    ];
    const { id } = (await server.client.createProject({ files: [{ name: 'a', replicas }] })).project;
    const { stdout } = await server.cli(`worker next ${id} --site NEAR -j`);
    expect(JSON.parse(stdout).url).toBe('https://near/a');
  });
});

describe('a report', () => {
  it.each(['done', 'failed', 'release'])('%s is by name or by token, of several at once', async verb => {
    const id = await project(['12.a', 'b', 'c']);
    const taken = [
      JSON.parse((await server.cli(`worker next ${id} -j`)).stdout),
      JSON.parse((await server.cli(`worker next ${id} -j`)).stdout),
    ];
    const { code, stdout, stderr } = await server.cli(
      `worker ${verb} ${id} ${taken[0].token} ${taken[1].did}`,
    );
    const becomes = { done: 'done', failed: 'ready again', release: 'ready again' }[verb];
    expect([code, stdout, stderr]).toEqual([EXIT.ok, `2 files ${becomes}\n`, '']);
  });

  it('counts when it is done, and is accepted again when it is repeated', async () => {
    const id = await project(['a', 'b']);
    await server.cli(`worker next ${id}`);
    for (const _ of [1, 2]) expect((await server.cli(`worker done ${id} a`)).stdout).toBe('1 file done\n');
    expect(await stateOf(id, 'a')).toBe('done');
  });

  it('of a failure keeps the reason, and says whether the file is tried again', async () => {
    const id = await project(['a', 'b']);
    await server.cli(`worker next ${id}`);
    const retried = await server.cli(['worker', 'failed', String(id), 'a', '--reason', 'disk full']);
    expect(retried.stdout).toBe('1 file ready again\n');
    expect(await server.client.showFile({ project: id, did: 'a' })).toMatchObject({
      state: 'ready',
      failure: { reason: 'disk full' },
    });
    await server.cli(`worker next ${id}`);
    expect((await server.cli(`worker failed -f ${id} b`)).stdout).toBe('1 file failed\n');
    expect(await stateOf(id, 'b')).toBe('failed');
  });

  it('of all is of all files that the worker holds, and of no others', async () => {
    const id = await project(['a', 'b', 'c']);
    await server.client.reserve({ project: id, worker: 'me', count: 2 });
    await server.client.reserve({ project: id, worker: 'other' });
    expect((await server.cli(`worker done ${id} all`)).stdout).toBe('2 files done\n');
    expect(await stateOf(id, 'c')).toBe('reserved');
    expect(await server.cli(`worker done ${id} all`)).toEqual({
      code: EXIT.ok,
      stdout: `me holds no file of project ${id}\n`,
      stderr: '',
    });
  });

  it('that is refused says why, and does not hide those that were accepted', async () => {
    const id = await project(['a', 'b']);
    await server.cli(`worker next ${id}`);
    await server.client.reserve({ project: id, worker: 'other' });
    const { code, stdout, stderr } = await server.cli(`worker done ${id} a b gone`);
    expect([code, stdout]).toEqual([EXIT.refused, '1 file done\n']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringContaining('another worker'),
      expect.stringContaining('no file gone'),
    ]);
    const single = await server.cli(`worker done ${id} b`);
    expect([single.code, single.stdout]).toEqual([EXIT.refused, '']);
    expect((await server.cli(`worker done ${id} gone`)).code).toBe(EXIT.notFound);
  });

  it('has its results as JSON with --json', async () => {
    const id = await project(['a', 'b']);
    await server.cli(`worker next ${id}`);
    const { code, stdout, stderr } = await server.cli(`worker done ${id} a b -j`);
    expect([code, stderr]).toEqual([EXIT.refused, '']);
    expect(JSON.parse(stdout).results).toMatchObject([
      { accepted: true, did: 'a', state: 'done' },
      { accepted: false, did: 'b', code: 'not_reserved' },
    ]);
  });
});

describe('worker heartbeat', () => {
  it('extends what the worker holds, and says until when', async () => {
    const id = await project(['a', 'b'], { leaseSeconds: 60 });
    const before = JSON.parse((await server.cli(`worker next ${id} -j`)).stdout);
    const { code, stdout } = await server.cli(`worker heartbeat ${id}`);
    expect([code, stdout]).toEqual([EXIT.ok, expect.stringMatching(/^1 file held until [-\d]+ [:\d]+\n$/)]);
    const { deadline } = await server.client.showFile({ project: id, did: 'a' });
    expect(deadline).toBeGreaterThanOrEqual(before.deadline);
  });

  it('answers no where a lease is lost or the project is cancelled', async () => {
    const id = await project(['a']);
    const { token } = JSON.parse((await server.cli(`worker next ${id} -j`)).stdout);
    await server.client.restartProject({ project: id, states: ['reserved'] });
    const lost = await server.cli(`worker heartbeat ${id} ${token}`);
    expect([lost.code, lost.stdout]).toEqual([
      EXIT.no,
      `0 files held\n${token} is held no longer: stop working on it\n`,
    ]);
    await server.client.cancelProject({ project: id });
    const cancelled = await server.cli(`worker heartbeat ${id} -j`);
    expect([cancelled.code, JSON.parse(cancelled.stdout)]).toMatchObject([EXIT.no, { cancelled: true }]);
  });
});

describe('worker list', () => {
  it('has the files of this worker, or of all', async () => {
    const id = await project(['a', 'b', 'c']);
    await server.client.reserve({ project: id, worker: 'me' });
    await server.client.reserve({ project: id, worker: 'other' });
    const rows = async (options: string) =>
      (await server.cli(`worker list ${id}${options}`)).stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(/ +/).slice(0, 2));
    expect(await rows('')).toEqual([
      ['FILE', 'WORKER'],
      ['a', 'me'],
    ]);
    expect(await rows(' --worker other')).toEqual([
      ['FILE', 'WORKER'],
      ['b', 'other'],
    ]);
    expect(await rows(' --all')).toEqual([
      ['FILE', 'WORKER'],
      ['a', 'me'],
      ['b', 'other'],
    ]);
  });

  it('says of a lease without an end that it is held until reported', async () => {
    const id = await project(['a'], { leaseSeconds: null });
    await server.cli(`worker next ${id}`);
    expect((await server.cli(`worker list ${id}`)).stdout).toMatch(/^a +me +reported +\S+$/m);
  });

  it('prints what `worker next` printed, a line for each file, with --json', async () => {
    const id = await project(['a', 'b']);
    const { token } = JSON.parse((await server.cli(`worker next ${id} -j`)).stdout);
    const { stdout } = await server.cli(`worker list ${id} -j`);
    expect(JSON.parse(stdout)).toMatchObject({ did: 'a', token, url: null, worker: 'me' });
  });
});
