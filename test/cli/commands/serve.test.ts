import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { localOptions } from '../../../lib/cli/serve/local-options.ts';
import { createClient } from '../../../lib/client/index.ts';
import { type CliOptions, type CliResult, MemoryOutput, runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ADMIN = 'a-token-of-an-admin';

/** Runs `sluice serve` until the test stops it; `url` is where it listens. */
async function serve(options: string, { env = {}, cwd }: CliOptions = {}) {
  const folder = cwd ?? (await tempFolder());
  const stop = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ended = runCli(['serve', '--port', '0', ...options.split(' ').filter(Boolean)], {
    ...{ cwd: folder, signal: stop.signal },
    env: { XDG_DATA_HOME: folder, ...env },
    onWrite: text => {
      const url = /^listening at (\S+),/.exec(text)?.[1];
      if (url) resolve(url);
    },
  });
  ended.then(({ stderr }) => reject(new Error(stderr)));
  const close = (): Promise<CliResult> => {
    stop.abort(new Stopped('SIGTERM'));
    return ended;
  };
  const url = await promise;
  onTestFinished(async () => {
    await close();
  });
  return { url, folder, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs `sluice serve` where it cannot start. */
async function refused(options: string, { env = {}, cwd }: CliOptions = {}) {
  const folder = cwd ?? (await tempFolder());
  const line = ['serve', ...options.split(' ').filter(Boolean)];
  const result = await runCli(line, { cwd: folder, env: { XDG_DATA_HOME: folder, ...env } });
  expect(result.stdout).toBe('');
  return { code: result.code, sentence: result.stderr };
}

describe('serve', () => {
  it('says where it listens and what it shares, and ends with 0 when it is told to', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'data'));
    await mkdir(join(cwd, 'more'));
    const { url, close } = await serve('--dir home --share data --share more', { cwd });
    expect(await createClient({ server: url }).health({})).toMatchObject({ name: 'sluice' });
    const { code, stdout, stderr } = await close();
    expect([code, stdout, stderr]).toEqual([
      EXIT.ok,
      '',
      `listening at ${url}, data in ${cwd}/home\nsharing ${cwd}/data, ${cwd}/more\nstopped\n`,
    ]);
    await expect(createClient({ server: url }).health({})).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('says where it listens as JSON on stdout with --json', async () => {
    const { url, folder, close } = await serve('--json');
    const { stdout } = await close();
    expect(JSON.parse(stdout)).toEqual({ url, folder: join(folder, 'sluice'), shares: [] });
  });

  it("keeps everything in the user's data folder unless told otherwise", async () => {
    const home = await tempFolder();
    await serve('', { env: { XDG_DATA_HOME: '', HOME: home } });
    expect(existsSync(join(home, '.local/share/sluice/sluice.db'))).toBe(true);
  });

  it('keeps what it knew when it is started again', async () => {
    const cwd = await tempFolder();
    const first = await serve('--dir home', { cwd });
    await createClient({ server: first.url }).createProject({ files: [{ name: 'a' }], virtual: true });
    await first.close();
    const { url } = await serve('--dir home', { cwd });
    expect(await createClient({ server: url }).showProject({ project: 1 })).toMatchObject({ files: 1 });
  });

  it('lets nobody in without the token that it was started with, and its bearer do all', async () => {
    const { url } = await serve('', { env: { SLUICE_TOKEN: ADMIN } });
    await expect(createClient({ server: url }).listProjects({})).rejects.toMatchObject({ status: 401 });
    await createClient({ server: url, token: ADMIN }).putSites({ default: 5 });
  });

  it('has the queues and configurations of its file, which is the word on them at each start', async () => {
    const cwd = await tempFolder();
    const declare = (queues: object) =>
      writeFile(
        join(cwd, 'sluice.json'),
        JSON.stringify({ queues, bindings: { promote: 'juicer' }, configs: { sessions: { otf: true } } }),
      );
    await declare({ juicer: { leaseSeconds: 60 }, press: {} });
    const first = await serve('--config sluice.json', { cwd });
    const client = createClient({ server: first.url });
    expect((await client.submitTask({ name: 'promote' })).id).toBe('juicer-1');
    expect((await client.getConfig({ config: 'sessions' })).value).toEqual({ otf: true });
    await client.pauseQueue({ queue: 'juicer' });
    await first.close();

    await declare({ juicer: { leaseSeconds: 90 } });
    const second = createClient({ server: (await serve('--config sluice.json', { cwd })).url });

    const { queues } = await second.listQueues({});
    expect(queues.map(({ name, leaseSeconds, paused }) => [name, leaseSeconds, paused])).toEqual([
      ['juicer', 90, true],
      ['press', 300, false],
    ]);
  });

  it('knows those whom its file of tokens names', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'tokens'), JSON.stringify([{ token: 'the-token-of-ana-0', user: 'ana' }]));
    const { url } = await serve('--tokens tokens', { cwd, env: { SLUICE_TOKEN: ADMIN } });
    const ana = createClient({ server: url, token: 'the-token-of-ana-0' });
    const { project } = await ana.createProject({ files: [{ name: 'a' }], virtual: true });
    expect(project.owner).toBe('ana');
    await expect(ana.putSites({})).rejects.toMatchObject({ status: 403 });
    await createClient({ server: url, token: ADMIN }).putSites({});
  });

  it('gives out URLs at the address by which workers know it', async () => {
    const port = await freePort();
    const { url } = await serve(`--port ${port} --public-url https://sluice.example/`);
    expect(url).toBe('https://sluice.example');
    const client = createClient({ server: `http://127.0.0.1:${port}` });
    const { upload } = await client.createProject({ manifest: {} });
    expect(upload?.url).toMatch(/^https:\/\/sluice\.example\//);
  });
});

describe('serve does not start', () => {
  it('at a port that is in use', async () => {
    const { url } = await serve('');
    const { port } = new URL(url);
    expect(await refused(`--port ${port}`)).toEqual({
      code: EXIT.unavailable,
      sentence: `sluice serve: port ${port} of 127.0.0.1 is in use; --port takes another\n`,
    });
  });

  it('on a folder that is in use', async () => {
    const { folder } = await serve('');
    expect(await refused('--port 0', { cwd: folder })).toEqual({
      code: EXIT.unavailable,
      sentence: `sluice serve: ${folder}/sluice is in use by another sluice; --dir takes another folder\n`,
    });
  });

  it('at an address that others can reach, without a token', async () => {
    const { code, sentence } = await refused('--host 0.0.0.0');
    expect([code, sentence]).toEqual([EXIT.usage, expect.stringMatching(/0\.0\.0\.0 can be reached.*token/)]);
  });

  it('at an address that is not of this machine', async () => {
    expect(await refused('--host 192.0.2.1 --port 0', { env: { SLUICE_TOKEN: ADMIN } })).toEqual({
      code: EXIT.unavailable,
      sentence: 'sluice serve: 192.0.2.1 is not an address of this machine\n',
    });
  });

  it('in a folder that cannot be made', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'plain'), '');
    const { code, sentence } = await refused('--dir plain', { cwd });
    expect([code, sentence]).toEqual([
      EXIT.unavailable,
      expect.stringMatching(/: it cannot start: .*EEXIST/),
    ]);
  });

  it.each([
    ['--share gone', 'gone cannot be read: it is not there'],
    ['--share plain', 'plain cannot be shared: it is not a folder'],
    ['--tokens gone', 'gone cannot be read: it is not there'],
    ['--tokens plain', 'plain: it is not JSON'],
    ['--tokens short', 'short: 0.token: a token has at least 16 characters'],
    ['--tokens object', 'object: a list is expected, not an object'],
    ['--config gone', 'gone cannot be read: it is not there'],
    ['--config queues', 'queues: bindings.promote: there is no queue juicer in this file'],
    ['--token short', 'SLUICE_TOKEN: 0.token: a token has at least 16 characters'],
  ])('with %s', async (options, sentence) => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'plain'), 'text');
    await writeFile(join(cwd, 'object'), '{}');
    await writeFile(join(cwd, 'queues'), '{"bindings":{"promote":"juicer"}}');
    await writeFile(join(cwd, 'short'), JSON.stringify([{ token: 'short', user: 'ana' }]));
    expect(await refused(options, { cwd })).toEqual({
      code: EXIT.usage,
      sentence: `sluice serve: ${sentence}\n`,
    });
  });

  it('under a name that is no URL', async () => {
    const { code, sentence } = await refused('--public-url sluice.example');
    expect([code, sentence]).toEqual([EXIT.usage, expect.stringContaining('must be an http or https URL')]);
  });
});

describe('the name of a server that listens at every address', () => {
  it.each([
    ['0.0.0.0', undefined, `http://${hostname()}:8470`],
    ['::', undefined, `http://${hostname()}:8470`],
    ['0.0.0.0', 'https://sluice.example/', 'https://sluice.example'],
    ['127.0.0.1', undefined, undefined],
  ])('%s, told %s, is %s', async (host, publicUrl, name) => {
    const output = new MemoryOutput();
    const context = {
      ...{ stdout: output, stderr: output, stdin: () => process.stdin, env: {}, cwd: '/', now: Date.now },
      ...{ signal: AbortSignal.any([]), json: false, server: 'http://127.0.0.1:1', token: ADMIN },
    };
    const files = { tokens: undefined, config: undefined };
    const args = { dir: '/tmp', port: 8470, share: [], durability: 'full', ...files } as const;
    expect((await localOptions(context, { ...args, host, publicUrl })).publicUrl).toBe(name);
  });
});

describe('the process `sluice serve`', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 on %s, while a worker waits for a file',
    async signal => {
      const args = ['bin/sluice.js', 'serve', '--port', '0', '--dir', await tempFolder(), '--json'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const [line] = await once(child.stdout, 'data');
      const { url: server } = JSON.parse(String(line));
      const client = createClient({ server });
      await client.createProject({ files: [{ name: 'a' }], virtual: true });
      await client.reserve({ project: 1, worker: 'w' });
      const waiting = client.reserve({ project: 1, worker: 'w', waitSeconds: 30 }).catch(error => error);
      await client.health({});
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      await waiting;
    },
  );
});
