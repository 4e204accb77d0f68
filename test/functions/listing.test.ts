import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import type { RouteInput, RouteReply } from '../../lib/contract/routes.ts';
import { codeOf, files, reservationsIn, startTestServer, tokenIn } from './support.ts';

const project = 1;

type FileFilter = Omit<RouteInput<'listFiles'>, 'project'>;

async function dids(client: Client, filter: FileFilter = {}): Promise<string[]> {
  return (await client.listFiles({ project, ...filter })).files.map(({ did }) => did);
}

/** All pages of a listing, one after the other. */
async function pages(client: Client, filter: FileFilter): Promise<string[][]> {
  const found: string[][] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: RouteReply<'listFiles'> = await client.listFiles({ project, ...filter, after });
    found.push(page.files.map(({ did }) => did));
    after = page.next;
  }
  return found;
}

describe('the files of a project', () => {
  test('are listed with all that is known of them', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({
      files: [
        {
          namespace: 'mc',
          name: 'a',
          size: 3,
          attributes: { x: [1, null] },
          lane: 'slow',
          durationSeconds: 9,
          replicas: [{ url: 'https://host/a', site: 'A' }],
        },
      ],
      fileAttributes: { y: true },
      leaseSeconds: 60,
    });
    const token = tokenIn(await client.reserve({ project, worker: 'w1' }));

    expect(await client.listFiles({ project })).toEqual({
      files: [
        {
          did: 'mc:a',
          namespace: 'mc',
          name: 'a',
          state: 'reserved',
          size: 3,
          attributes: { x: [1, null], y: true },
          lane: 'slow',
          durationSeconds: 9,
          replicas: [{ url: 'https://host/a', site: 'A', available: true }],
          attempts: 1,
          worker: 'w1',
          token,
          deadline: clock.now() + 60_000,
        },
      ],
    });
  });

  test('are listed by state, worker and lane', async () => {
    const { client } = await startTestServer();
    await client.createProject({
      files: [...files(4), { ...files(1)[0], name: 'slow', lane: 'slow' }],
      retryBackoffSeconds: 60,
    });
    const [a = '', b = '', c = ''] = reservationsIn(
      await client.reserve({ project, worker: 'w1', count: 3, lanes: ['default'] }),
    ).map(({ token }) => token);
    await client.done({ project, done: [a] });
    await client.failed({ project, failed: [{ token: b, retry: false }] });
    await client.failed({ project, failed: [{ token: c }] });
    await client.reserve({ project, worker: 'w2' });
    await client.reserve({ project, worker: 'w3' });

    expect(await dids(client)).toEqual(['f0', 'f1', 'f2', 'f3', 'slow']);
    expect(await dids(client, { state: 'done' })).toEqual(['f0']);
    expect(await dids(client, { state: 'failed' })).toEqual(['f1']);
    expect(await dids(client, { state: 'ready' })).toEqual(['f2']);
    expect(await dids(client, { state: 'reserved' })).toEqual(['f3', 'slow']);
    expect(await dids(client, { worker: 'w2' })).toEqual(['f3']);
    expect(await dids(client, { worker: 'w1' })).toEqual([]);
    expect(await dids(client, { lane: 'slow' })).toEqual(['slow']);
    expect(await dids(client, { lane: 'slow', state: 'done' })).toEqual([]);
    expect(await dids(client, { lane: 'nowhere' })).toEqual([]);
  });

  test('are listed page by page, each once, in the order of the manifest', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(600) });
    const all = files(600).map(({ name }) => name);

    for (const limit of [1, 7, 199, 200, 201, 599]) {
      const found =
        limit === 1 ? (await pages(client, { limit, after: 0 })).slice(0, 5) : await pages(client, { limit });
      expect(found.flat()).toEqual(all.slice(0, found.flat().length));
      expect(found.slice(0, -1).every(page => page.length === limit)).toBe(true);
      if (limit > 1) expect(found.flat()).toHaveLength(600);
    }
    expect(await pages(client, { limit: 600 })).toEqual([all]);
    expect(await dids(client, {})).toHaveLength(100);
  });

  test('are listed page by page also where a filter leaves many out', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(600) });
    const tokens: string[] = [];
    for (let n = 0; n < 3; n += 1)
      tokens.push(
        ...reservationsIn(await client.reserve({ project, worker: 'w', count: 200 })).map(
          ({ token }) => token,
        ),
      );
    await client.release({ project, released: tokens.filter((_, index) => index % 50 !== 0) });

    expect(await pages(client, { state: 'reserved', limit: 5 })).toEqual([
      ['f0', 'f50', 'f100', 'f150', 'f200'],
      ['f250', 'f300', 'f350', 'f400', 'f450'],
      ['f500', 'f550'],
    ]);
  });

  test('end beyond the last one', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(3) });

    for (const after of [3, 4, 1000, Number.MAX_SAFE_INTEGER])
      expect(await client.listFiles({ project, after })).toEqual({ files: [] });
  });
});

describe('one file', () => {
  test('is shown as it is listed', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(300, { namespace: 'a b+c&ü' }) });

    const { files: listed } = await client.listFiles({ project, limit: 300 });
    for (const index of [0, 149, 150, 299])
      expect(await client.showFile({ project, did: `a b+c&ü:f${index}` })).toEqual(listed[index]);
  });

  test('may have colons in its name', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: [{ namespace: 'a', name: 'b:c' }], virtual: true });

    expect(await client.showFile({ project, did: 'a:b:c' })).toMatchObject({ namespace: 'a', name: 'b:c' });
  });

  test('that the project does not have is refused', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(1) });

    expect(await codeOf(client.showFile({ project, did: 'f1' }))).toBe('file_unknown');
  });
});

describe('projects', () => {
  test('are listed by owner and state, page by page', async () => {
    const { client } = await startTestServer();
    for (const owner of ['ann', 'bob', 'ann', 'ann', 'bob'])
      await client.createProject({ files: files(1), owner });
    await client.cancelProject({ project: 3 });
    const ids = async (filter: RouteInput<'listProjects'>) => {
      const { projects, next } = await client.listProjects(filter);
      return { ids: projects.map(({ id }) => id), next };
    };

    expect(await ids({})).toEqual({ ids: [1, 2, 3, 4, 5] });
    expect(await ids({ owner: 'ann' })).toEqual({ ids: [1, 3, 4] });
    expect(await ids({ owner: 'ann', state: 'active' })).toEqual({ ids: [1, 4] });
    expect(await ids({ state: 'cancelled' })).toEqual({ ids: [3] });
    expect(await ids({ owner: 'nobody' })).toEqual({ ids: [] });
    const first = await ids({ owner: 'ann', limit: 2 });
    expect(first).toEqual({ ids: [1, 3], next: expect.any(Number) });
    expect(await ids({ owner: 'ann', limit: 2, after: first.next ?? 0 })).toEqual({ ids: [4] });
    expect(await ids({ after: 5 })).toEqual({ ids: [] });
    expect(await ids({ limit: 5 })).toEqual({ ids: [1, 2, 3, 4, 5] });
  });

  test('are listed with their counts', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(2) });
    await client.reserve({ project, worker: 'w' });

    expect(await client.listProjects({})).toEqual({ projects: [await client.showProject({ project })] });
  });
});
