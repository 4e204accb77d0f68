import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CreateProject } from '../../lib/contract/projects.ts';
import type { RouteReply } from '../../lib/contract/routes.ts';
import { codeOf, didsIn, refusalOf, startTestServer, type TestServer, untilLoaded } from './support.ts';

const project = 1;

type Settings = Partial<CreateProject>;

/** Creates project 1, uploads its manifest, and asks to load it. */
async function load(
  server: TestServer,
  manifest: string | Uint8Array<ArrayBuffer>,
  { manifest: format = {}, ...settings }: Settings = {},
) {
  const { upload } = await server.client.createProject({ ...settings, manifest: format });
  await put(upload, manifest);
  await server.client.loadProject({ project });
  return untilLoaded(server.client, project);
}

async function put(upload: RouteReply<'createProject'>['upload'], body: string | Uint8Array<ArrayBuffer>) {
  const { url, method } = upload ?? expect.unreachable();
  expect((await fetch(url, { method, body })).status).toBe(200);
}

const url = 'https://host/x';

const WRITTEN = {
  ndjson: `{"namespace":"mc","name":"a","size":1,"lane":"x","replicas":[{"url":"${url}","site":"S"}]}\n{"did":"mc:b","replicas":[{"url":"${url}"}]}\n`,
  json: `[{"namespace":"mc","name":"a","size":1,"lane":"x","replicas":[{"url":"${url}","site":"S"}]},\n{"did":"mc:b","replicas":[{"url":"${url}"}]}]`,
  csv: `did,size,lane,url,site\nmc:a,1,x,${url},S\nmc:b,,,${url},\n`,
} as const;

describe('a manifest is loaded', () => {
  for (const format of ['ndjson', 'json', 'csv'] as const)
    for (const [how, bytes] of [
      ['plain', Buffer.from(WRITTEN[format])],
      ['gzip', gzipSync(WRITTEN[format])],
    ] as const)
      test.each([format, undefined])(`that is ${format}, ${how}, announced as %s`, async announced => {
        const server = await startTestServer();

        const loaded = await load(server, new Uint8Array(bytes), {
          manifest: announced ? { format: announced } : {},
        });

        expect(loaded).toMatchObject({
          state: 'active',
          files: 2,
          counts: { ready: 2 },
          lanes: ['x', 'default'],
        });
        expect(await server.client.listFiles({ project })).toMatchObject({
          files: [
            { did: 'mc:a', size: 1, lane: 'x', replicas: [{ url, site: 'S', available: true }] },
            { did: 'mc:b', lane: 'default', replicas: [{ url, available: true }] },
          ],
        });
      });

  test('that is a list of DIDs, for a virtual project', async () => {
    const server = await startTestServer();

    expect(await load(server, '# two files\nmc:a\n\nb\n', { virtual: true })).toMatchObject({ files: 2 });
    expect(didsIn(await server.client.reserve({ project, worker: 'w', count: 2 }))).toEqual(['mc:a', 'b']);
  });

  test('of many files', async () => {
    const server = await startTestServer();
    const lines = Array.from({ length: 20_000 }, (_, index) => `mc:f${index}\n`);

    expect(await load(server, lines.join(''), { virtual: true })).toMatchObject({ files: 20_000 });
    expect(await server.client.showFile({ project, did: 'mc:f19999' })).toMatchObject({ state: 'ready' });
  });
});

describe('until its manifest is loaded a project', () => {
  test('is loading, has no files, and says what it waits for', async () => {
    const { client, clock } = await startTestServer();

    const { project, upload } = await client.createProject({ manifest: { format: 'csv' } });

    expect(project).toMatchObject({
      state: 'loading',
      files: 0,
      counts: { ready: 0, reserved: 0, done: 0, failed: 0 },
      loading: { phase: 'waiting', files: 0 },
    });
    expect(upload).toMatchObject({ method: 'PUT', expiresAt: clock.now() + 86_400_000 });
  });

  test('cannot be loaded before the manifest is uploaded', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });

    expect(await refusalOf(client.loadProject({ project }))).toEqual({
      code: 'wrong_state',
      detail: 'the manifest of project 1 has not been uploaded',
    });
  });

  test('says again where to put it', async () => {
    const server = await startTestServer();
    await server.client.createProject({ manifest: {}, virtual: true });
    await put(await server.client.uploadManifest({ project }), 'a\n');
    await server.client.loadProject({ project });

    expect(await untilLoaded(server.client, project)).toMatchObject({ files: 1 });
  });

  test('takes the manifest that was uploaded last', async () => {
    const server = await startTestServer();
    const { upload } = await server.client.createProject({ manifest: {}, virtual: true });
    await put(upload, 'a\nb\n');
    await put(upload, 'c\n');
    await server.client.loadProject({ project });
    await untilLoaded(server.client, project);

    expect((await server.client.listFiles({ project })).files.map(({ did }) => did)).toEqual(['c']);
  });

  test('lets its workers wait, and then gives them files', async () => {
    const server = await startTestServer();
    const { upload } = await server.client.createProject({ manifest: {}, virtual: true });
    expect(await server.client.reserve({ project, worker: 'w' })).toMatchObject({ status: 'wait' });
    await put(upload, 'a\n');
    await server.client.loadProject({ project });
    await untilLoaded(server.client, project);

    expect(didsIn(await server.client.reserve({ project, worker: 'w' }))).toEqual(['a']);
  });

  test('is given up two days after it was created', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ manifest: {} });
    await clock.pass(2 * 86_400 + 120);

    expect(await codeOf(client.showProject({ project }))).toBe('project_unknown');
  });

  test('may be deleted', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });
    await client.deleteProject({ project });

    expect(await codeOf(client.loadProject({ project }))).toBe('project_unknown');
  });
});

test('to load a manifest again, while it loads or after, changes nothing', async () => {
  const server = await startTestServer();
  const { upload } = await server.client.createProject({ manifest: {}, virtual: true });
  await put(upload, 'a\nb\n');
  await Promise.all([1, 2, 3].map(() => server.client.loadProject({ project }).catch(() => {})));

  expect(await untilLoaded(server.client, project)).toMatchObject({ files: 2, counts: { ready: 2 } });
  expect(await codeOf(server.client.loadProject({ project }))).toBe('wrong_state');
});

test('a manifest that was cut off while it loaded is loaded by the next start', async () => {
  const first = await startTestServer();
  const lines = Array.from({ length: 30_000 }, (_, index) => `f${index}\n`);
  const { upload } = await first.client.createProject({ manifest: {}, virtual: true });
  await put(upload, lines.join(''));
  await first.client.loadProject({ project });
  await first.close();

  const { client } = await startTestServer({ folder: first.folder });
  expect(await untilLoaded(client, project)).toMatchObject({ files: 30_000, counts: { ready: 30_000 } });
});

describe('a faulty manifest', () => {
  const faulty = 'mc:a\nmc:b\nmc:a\n:c\nd:\nmc:b\n e \nf\tg\nmc:a\n';

  test('is refused with its first five faults and their lines, and nothing is made of it', async () => {
    const server = await startTestServer();

    const problem = await load(server, faulty, { virtual: true });

    expect(problem).toMatchObject({
      status: 422,
      code: 'manifest_invalid',
      detail: expect.stringMatching(/^the manifest has \d faults: line 4: .*; line 5: .*$/),
      faults: [
        { line: 4, message: 'the namespace before ":" is empty' },
        { line: 5, message: 'the name after ":" is empty' },
        { line: 8, message: 'the name has a control character' },
      ],
    });
    expect(await server.client.listProjects({})).toEqual({ projects: [] });
  });

  test('with duplicates names the lines of both', async () => {
    const server = await startTestServer();

    expect(await load(server, 'mc:a\nmc:b\nmc:a\nmc:a\n', { virtual: true })).toMatchObject({
      code: 'manifest_invalid',
      faults: [
        { line: 3, message: '"mc:a" is already on line 1' },
        { line: 4, message: '"mc:a" is already on line 1' },
      ],
    });
  });

  test('whose files have no replica is refused, unless the project is virtual', async () => {
    const server = await startTestServer();

    expect(await load(server, 'mc:a\n')).toMatchObject({
      code: 'manifest_invalid',
      faults: [{ line: 1, message: '"mc:a" has no replica, and the project is not virtual' }],
    });
  });

  test('gets the same answer to whatever is asked of its project', async () => {
    const server = await startTestServer();
    const problem = await load(server, faulty, { virtual: true });
    if (!('code' in problem)) return expect.unreachable();
    const { code, detail } = problem;

    for (const call of [
      () => server.client.showProject({ project }),
      () => server.client.reserve({ project, worker: 'w' }),
      () => server.client.listFiles({ project }),
      () => server.client.loadProject({ project }),
      () => server.client.uploadManifest({ project }),
      () => server.client.copyProject({ project }),
      () => server.client.restartProject({ project, states: ['done'] }),
    ])
      expect(await refusalOf(call())).toEqual({ code, detail });
  });

  test('ends the waiting of workers with that answer', async () => {
    const server = await startTestServer();
    const { upload } = await server.client.createProject({ manifest: {}, virtual: true });
    await put(upload, faulty);
    const poll = server.client.reserve({ project, worker: 'w', waitSeconds: 30 });
    await server.client.loadProject({ project });
    await untilLoaded(server.client, project);

    expect(await codeOf(server.clock.until(poll))).toBe('manifest_invalid');
  });

  test('does not keep the next project from its number', async () => {
    const server = await startTestServer();
    await load(server, faulty, { virtual: true });

    expect((await server.client.createProject({ manifest: {} })).project.id).toBe(2);
  });
});
