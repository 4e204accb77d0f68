import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { CliServer } from '../../support/cli-server.ts';
import type { CliOptions, CliResult } from '../../support/run-cli.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ sharing: ['files'] });
  await mkdir(join(server.folder, 'scratch'));
  for (const name of ['a', 'b', 'c'])
    await writeFile(join(server.folder, 'files', name), `content of ${name}`);
});
afterAll(() => server.stop());

async function folderProject(): Promise<number> {
  return Number((await server.cli('project create --dir files --backoff 0s')).stdout);
}

async function virtualProject(...names: string[]): Promise<number> {
  const files = names.map(name => ({ name }));
  const settings = { virtual: true, retryBackoffSeconds: 0 };
  return (await server.client.createProject({ files, ...settings })).project.id;
}

/** Runs a script for each file. */
function run(id: number, script: string, options = '', cliOptions: CliOptions = {}): Promise<CliResult> {
  const given = options.split(' ').filter(Boolean);
  const line = ['worker', 'run', String(id), '--scratch', 'scratch', ...given, '--', 'sh', '-c', script];
  const { PATH = '' } = process.env;
  return server.cli(line, { ...cliOptions, env: { PATH, ...cliOptions.env } });
}

describe('worker run', () => {
  it('runs the program on a copy of each file until the project is done, and stores what it leaves', async () => {
    const id = await folderProject();
    const script = 'cat {path}; echo; tr a-z A-Z < {path} > {out}';
    const { code, stdout, stderr } = await run(id, script);
    expect([code, stdout]).toEqual([EXIT.ok, 'content of a\ncontent of b\ncontent of c\n']);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('3 files done');
    const { outputUrl = '' } = await server.client.showFile({ project: id, did: 'b' });
    expect(await (await fetch(outputUrl)).text()).toBe('CONTENT OF B');
    expect(await readdir(join(server.folder, 'scratch'))).toEqual([]);
  });

  it.each([
    ['goes on with what its id holds', '', 'a 1\nb 1\n'],
    ['asks for nothing that a new id may hold', '--new-worker', 'b 1\na 2\n'],
  ])('%s', async (_, option, lines) => {
    const files = [{ name: 'a' }, { name: 'b' }];
    const asked = { files, virtual: true, retryBackoffSeconds: 0, leaseSeconds: 2 };
    const { id } = (await server.client.createProject(asked)).project;
    await server.client.reserve({ project: id, worker: 'w1' });
    const { stdout } = await run(id, 'echo {did} $SLUICE_ATTEMPT', `--worker w1 ${option}`);
    expect(stdout).toBe(lines);
  });

  it('tells the lines of several programs apart by the names of their files', async () => {
    const id = await folderProject();
    const { stdout } = await run(id, 'echo {did} $SLUICE_ATTEMPT', '--concurrency 3 --prefetch 2');
    expect(stdout.trimEnd().split('\n').toSorted()).toEqual(['a: a 1', 'b: b 1', 'c: c 1']);
  });

  it('answers no where files failed for good, and says why they did', async () => {
    const id = await virtualProject('a', 'b', 'c');
    const script = 'case {did} in a) exit 0;; b) echo broken >&2; exit 65;; *) exit 9;; esac';
    const { code, stderr } = await run(id, script, '--fail-code 9');
    expect(code).toBe(EXIT.no);
    expect(stderr).toContain('broken\nb failed: exit 65: broken\n');
    expect(stderr).toContain('\nc failed: exit 9\n');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('1 file done, 2 failed');
  });

  it('tries again what failed otherwise', async () => {
    const id = await virtualProject('a');
    const { code, stderr } = await run(id, '[ $SLUICE_ATTEMPT = 2 ]');
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      EXIT.ok,
      '1 file done, 1 to be tried again',
    ]);
  });

  it('takes only files of its lanes', async () => {
    const files = [{ name: 'a' }, { name: 'b', lane: 'tape' }];
    const { id } = (await server.client.createProject({ files, virtual: true })).project;
    const stop = new AbortController();
    await run(id, 'echo {did}', '--lane tape', {
      signal: stop.signal,
      onWrite: text => text === 'b\n' && stop.abort(new Stopped('SIGTERM')),
    });
    expect((await server.client.listFiles({ project: id })).files).toMatchObject([
      { did: 'a', attempts: 0 },
      { did: 'b', state: 'done' },
    ]);
  });

  it('stops on SIGTERM: what runs may finish, what was not begun is given back', async () => {
    const id = await virtualProject('a', 'b', 'c');
    const stop = new AbortController();
    const { code, stderr } = await run(id, 'echo begun; sleep 0.2', '--prefetch 2', {
      signal: stop.signal,
      onWrite: text => text === 'begun\n' && stop.abort(new Stopped('SIGTERM')),
    });
    expect(code).toBe(EXIT.terminated);
    expect(stderr).toContain('stopping: what is being worked on may still finish\n');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('1 file done, 2 given back');
    const { counts } = await server.client.showProject({ project: id });
    expect(counts).toEqual({ ready: 2, reserved: 0, done: 1, failed: 0 });
  });

  it('keeps its report while the server is away', async () => {
    const id = await virtualProject('a');
    const begun = Promise.withResolvers<unknown>();
    const away = Promise.withResolvers<void>();
    const running = run(id, 'echo begun; sleep 0.2', '', {
      onWrite(text) {
        if (text === 'begun\n') begun.resolve(text);
        if (text.startsWith('the server does not answer')) away.resolve();
      },
    });
    await begun.promise;
    await server.restart(() => away.promise);
    const { code, stderr } = await running;
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([EXIT.ok, '1 file done']);
    expect(stderr).toContain('the server answers again\n');
    expect(await readdir(join(server.folder, '.sluice_journals'))).not.toEqual([]);
  });

  it('prints each event as a line of JSON with --json, and the output of programs to stderr', async () => {
    const id = await virtualProject('a');
    const { stdout, stderr } = await run(id, 'echo out', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'begun', did: 'a' },
      { type: 'finished', did: 'a', outcome: { done: true } },
      { type: 'reported', did: 'a', as: 'done' },
      { type: 'stopping', why: 'project-over' },
      { type: 'ended', done: 1, failed: 0, state: 'done' },
    ]);
    expect(stderr).toBe('out\n');
  });

  it('ends at once where the program cannot be run, and gives the file back', async () => {
    const id = await virtualProject('a');
    const { code, stderr } = await server.cli(['worker', 'run', String(id), '--', './gone']);
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringMatching(/: \.\/gone cannot be run: .*\n$/)]);
    expect(await server.client.showFile({ project: id, did: 'a' })).toMatchObject({ state: 'ready' });
  });

  it('does not share its id with another that runs now', async () => {
    const id = await virtualProject('a', 'b');
    const { promise: begun, resolve } = Promise.withResolvers<unknown>();
    const first = run(id, 'echo begun; sleep 0.3', '-w same', { onWrite: resolve });
    await begun;
    const second = await run(id, 'true', '-w same');
    expect([second.code, second.stderr]).toEqual([EXIT.unavailable, expect.stringContaining('in use')]);
    expect((await first).code).toBe(EXIT.ok);
  });

  it('does not work on a project that is cancelled or unknown', async () => {
    const id = await virtualProject('a');
    await server.client.cancelProject({ project: id });
    expect((await run(id, 'true')).code).toBe(EXIT.refused);
    expect((await run(999, 'true')).code).toBe(EXIT.notFound);
  });
});
