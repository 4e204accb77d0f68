import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { CliServer } from '../../support/cli-server.ts';
import type { CliOptions } from '../../support/run-cli.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ sharing: ['files'] });
});
afterAll(() => server.stop());

/** Creates a project and answers it with its files. */
async function created(line: string | readonly string[], options?: CliOptions) {
  const { code, stdout, stderr } = await server.cli(line, options);
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  expect(stdout).toMatch(/^[1-9]\d*\n$/);
  const project = Number(stdout);
  const { files } = await server.client.listFiles({ project });
  return { project: await server.client.showProject({ project }), files, dids: files.map(({ did }) => did) };
}

async function projectsNow(): Promise<number> {
  return (await server.client.listProjects({})).projects.length;
}

describe('project create', () => {
  it('makes a virtual project of DIDs on the command line, with and without a namespace', async () => {
    const { project, dids } = await created('project create raw:a raw:b:c d');
    expect(dids).toEqual(['raw:a', 'raw:b:c', 'd']);
    expect(project).toMatchObject({ state: 'active', virtual: true, files: 3, counts: { ready: 3 } });
  });

  it('takes more DIDs than a request can carry', async () => {
    const names = Array.from({ length: 1200 }, (_, n) => `raw:f${n}`);
    const { project } = await created(['project', 'create', ...names]);
    expect(project).toMatchObject({ virtual: true, files: 1200 });
  });

  it.each(['-', '--stdin'])('makes a virtual project of the plain lines that come in by %s', async how => {
    const { project, dids } = await created(`project create ${how}`, { stdin: '\nraw:a\r\n\nb\n' });
    expect(dids).toEqual(['raw:a', 'b']);
    expect(project.virtual).toBe(true);
  });

  const MANIFESTS = {
    ndjson: '{"did":"raw:a","size":5,"replicas":[{"url":"https://host/a","site":"CERN"}]}\n',
    json: '[{"did":"raw:a","size":5,"replicas":[{"url":"https://host/a","site":"CERN"}]}]',
    csv: 'did,size,url,site\nraw:a,5,https://host/a,CERN\n',
  };

  it.each(Object.entries(MANIFESTS))('reads %s from standard input, compressed too', async (_, manifest) => {
    for (const stdin of [manifest, gzipSync(manifest)]) {
      const { project, files } = await created('project create --stdin', { stdin });
      expect(project.virtual).toBe(false);
      expect(files).toMatchObject([
        { did: 'raw:a', size: 5, replicas: [{ url: 'https://host/a', site: 'CERN' }] },
      ]);
    }
  });

  it.each(Object.entries(MANIFESTS))('reads %s from a file, compressed too', async (format, manifest) => {
    for (const [name, bytes] of [
      [`m.${format}`, Buffer.from(manifest)],
      [`m.${format}.gz`, gzipSync(manifest)],
    ] as const) {
      await writeFile(join(server.folder, name), bytes);
      expect((await created(`project create --manifest ${name}`)).dids).toEqual(['raw:a']);
    }
  });

  it('knows a compressed list of plain lines for what it is', async () => {
    const { project, dids } = await created('project create -', { stdin: gzipSync('raw:a\nraw:b\n') });
    expect(dids).toEqual(['raw:a', 'raw:b']);
    expect(project.virtual).toBe(true);
  });

  it('reads a list in the form that it is told', async () => {
    const { dids } = await created('project create --stdin --format lines', { stdin: 'did\nname\n' });
    expect(dids).toEqual(['did', 'name']);
  });

  it('sends what it is told of a project, and leaves the rest to the server', async () => {
    const all = await created([
      ...['project', 'create', 'a', '--title', 'May run', '--owner', 'ana', '--lease', '90s', '--idle', '2d'],
      ...['--max-attempts', '3', '--backoff', '5s', '--backoff-max', '1m', '--on-expiry', 'fail'],
      ...['--user', 'ben', '--user', 'cleo', '--role', 'shifter', '--attribute', 'run=7'],
      ...['--attribute', 'tags=["x"]', '--attribute', 'note=a=b', '--file-attribute', 'pass=2'],
    ]);
    expect(all.project).toMatchObject({
      ...{ title: 'May run', owner: 'ana', leaseSeconds: 90, idleSeconds: 172_800, maxAttempts: 3 },
      ...{ retryBackoffSeconds: 5, retryBackoffMaxSeconds: 60, onLeaseExpiry: 'fail' },
      ...{ users: ['ben', 'cleo'], roles: ['shifter'], attributes: { run: 7, tags: ['x'], note: 'a=b' } },
    });
    expect(all.files[0]?.attributes).toEqual({ pass: 2 });
    const none = await created('project create a --lease none --idle none --max-attempts unlimited');
    expect(none.project).toMatchObject({ leaseSeconds: null, idleSeconds: null, maxAttempts: null });
    const { project } = await created('project create a');
    expect(project).toMatchObject({ owner: 'local', leaseSeconds: 43_200, idleSeconds: 259_200 });
    expect(project).toMatchObject({ maxAttempts: 10, retryBackoffSeconds: 1, retryBackoffMaxSeconds: 300 });
    expect(project).toMatchObject({ onLeaseExpiry: 'retry', title: '', attributes: {} });
  });

  it('prints the project itself with --json', async () => {
    const { stdout } = await server.cli('project create a b --json');
    expect(JSON.parse(stdout)).toMatchObject({ files: 2, state: 'active' });
  });
});

describe('project create --dir', () => {
  beforeAll(async () => {
    const files = join(server.folder, 'files');
    await mkdir(join(files, 'sub/deep'), { recursive: true });
    for (const [name, size] of [
      ...[['b.root', 2] as const, ['a #1%.root', 1] as const, ['.hidden', 3] as const],
      ...[['sub/ü.root', 4] as const, ['sub/deep/x.txt', 0] as const],
    ])
      await writeFile(join(files, name), 'x'.repeat(size));
    await symlink(join(files, 'b.root'), join(files, 'link.root'));
    await symlink(files, join(files, 'sub/loop'));
    await symlink(files, join(server.folder, 'alias'));
  });

  it('takes each regular file below a folder, under its path, with its size, in the order of names', async () => {
    const { files, project } = await created('project create --dir files');
    expect(files.map(({ did, size }) => [did, size])).toEqual([
      ['.hidden', 3],
      ['a #1%.root', 1],
      ['b.root', 2],
      ['sub/deep/x.txt', 0],
      ['sub/ü.root', 4],
    ]);
    expect(project.virtual).toBe(false);
  });

  it('hands the very files out, whatever their names', async () => {
    const { project, files } = await created('project create --dir files');
    const reply = await server.client.reserve({ project: project.id, worker: 'w', count: 10 });
    const reservations = reply.status === 'reserved' ? reply.reservations : [];
    expect(reservations).toHaveLength(files.length);
    for (const { replicas, size, did } of reservations) {
      const response = await fetch(replicas[0]?.url ?? '');
      expect([did, (await response.bytes()).length]).toEqual([did, size]);
    }
  });

  it('finds the shared folder by another path to it', async () => {
    const { files } = await created('project create --dir alias');
    expect(files).toHaveLength(5);
  });

  it('takes only the files whose path matches --glob', async () => {
    const chosen = async (glob: string) =>
      (await created(['project', 'create', '--dir', 'files', '--glob', glob])).dids;
    expect(await chosen('*.root')).toEqual(['a #1%.root', 'b.root']);
    expect(await chosen('**/*.root')).toEqual(['a #1%.root', 'b.root', 'sub/ü.root']);
    expect(await chosen('sub/**')).toEqual(['sub/deep/x.txt', 'sub/ü.root']);
  });

  it('refuses a folder without such files before anything is made', async () => {
    const before = await projectsNow();
    const result = await server.cli(['project', 'create', '--dir', 'files', '--glob', '*.csv']);
    expect(result).toMatchObject({
      code: EXIT.refused,
      stdout: '',
      stderr: `sluice project create: no file in ${server.folder}/files matches *.csv\n`,
    });
    expect(await projectsNow()).toBe(before);
  });

  it('refuses files of a folder that is not shared, and leaves no project', async () => {
    await mkdir(join(server.folder, 'private'));
    await writeFile(join(server.folder, 'private/key'), '');
    const before = await projectsNow();
    const { code, stderr } = await server.cli('project create --dir private');
    expect([code, stderr]).toEqual([EXIT.refused, expect.stringContaining('--share')]);
    expect(await projectsNow()).toBe(before);
  });
});

describe('project create refuses', () => {
  it('a manifest with faults, in one sentence that names the first five with their lines', async () => {
    const before = await projectsNow();
    const stdin = `did,size\n${Array.from({ length: 8 }, (_, n) => `f${n},x`).join('\n')}\n`;
    const { code, stdout, stderr } = await server.cli('project create --stdin --virtual', { stdin });
    expect([code, stdout]).toEqual([EXIT.refused, '']);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain('8 faults');
    for (const line of [2, 3, 4, 5, 6]) expect(stderr).toContain(`line ${line}:`);
    expect(stderr).not.toContain('line 7:');
    expect(await projectsNow()).toBe(before);
  });

  it('a name that is there twice', async () => {
    const stdin = 'raw:a\nraw:b\nraw:a\n';
    const { code, stderr } = await server.cli('project create -', { stdin });
    expect([code, stderr]).toEqual([EXIT.refused, expect.stringContaining('line 3')]);
    const inline = await server.cli('project create raw:a raw:b raw:a');
    expect([inline.code, inline.stderr]).toEqual([EXIT.refused, expect.stringContaining('raw:a')]);
  });

  it.each(['', '\n\n', gzipSync('')])('an empty list (%j)', async stdin => {
    const { code, stdout, stderr } = await server.cli('project create -', { stdin });
    expect([code, stdout]).toEqual([EXIT.refused, '']);
    expect(stderr).toMatch(/: the (list of files is empty|manifest names no file)\n$/);
  });

  it.each([
    ['project create', 'give one of: DIDs, --stdin, --manifest or --dir'],
    ['project create a --stdin', 'give one of: DIDs, --stdin, --manifest or --dir'],
    ['project create - --dir files', 'give one of: DIDs, --stdin, --manifest or --dir'],
    ['project create - a', '- for standard input stands alone'],
    ['project create a --glob *', '--glob chooses among the files of --dir'],
    ['project create a --format csv', '--format is for --manifest and --stdin'],
    ['project create a --attribute run', '--attribute takes KEY=VALUE, not "run"'],
    ['project create a --file-attribute =7', '--file-attribute takes KEY=VALUE, not "=7"'],
  ])('%s', async (line, sentence) => {
    const { code, stderr } = await server.cli(line);
    expect([code, stderr.split('\n')[0]]).toEqual([EXIT.usage, `sluice project create: ${sentence}`]);
  });

  it.each([
    ['--manifest gone', 'gone cannot be read: it is not there'],
    ['--manifest files', 'files is a folder; --dir takes its files'],
    ['--dir gone', 'gone cannot be read: it is not there'],
    ['--dir plain', 'plain is not a folder'],
  ])('%s, in one sentence', async (option, sentence) => {
    await mkdir(join(server.folder, 'files'), { recursive: true });
    await writeFile(join(server.folder, 'plain'), 'a\n');
    const { code, stderr } = await server.cli(`project create ${option}`);
    expect([code, stderr]).toEqual([EXIT.usage, `sluice project create: ${sentence}\n`]);
  });
});

describe('an interrupted project create', () => {
  it('leaves no project behind', async () => {
    const stop = new AbortController();
    const { id: last } = JSON.parse((await server.cli('project create a -j')).stdout);
    async function* endless() {
      yield Buffer.from('raw:a\nraw:b\n');
      await setTimeout(60_000, undefined, { signal: stop.signal });
    }
    const running = server.cli('project create -', { stdin: Readable.from(endless()), signal: stop.signal });
    const there = () => server.client.showProject({ project: last + 1 });
    await expect.poll(() => there().catch(() => undefined)).toMatchObject({ state: 'loading' });
    stop.abort(new Stopped('SIGINT'));
    expect(await running).toEqual({ code: EXIT.interrupted, stdout: '', stderr: '' });
    await expect(there()).rejects.toMatchObject({ code: 'project_unknown' });
  });
});
