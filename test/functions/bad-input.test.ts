import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocal } from '../../functions/local.ts';
import { createClient } from '../../lib/client/index.ts';
import { PROBLEMS, Problem } from '../../lib/contract/problems.ts';
import { Configuration } from '../../lib/contract/queues.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { BAD_MANIFESTS } from './bad-manifests.ts';
import { BAD_REQUESTS, type BadRequest } from './bad-requests.ts';
import { BAD_TASK_REQUESTS } from './bad-task-requests.ts';
import { files, startTestServer, type TestServer, untilLoaded, WatchedClock } from './support.ts';

/** A Sluice with the projects that the table speaks of, stopped. */
let seed = '';
let stored: Stored = { items: [], tickets: [], files: [] };

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), 'sluice-seed-'));
  const clock = new WatchedClock();
  const configuration = Configuration.parse({ queues: { juicer: { bindings: ['promote'] }, press: {} } });
  const sluice = await startLocal({ folder: seed, port: 0, durability: 'normal', clock, configuration });
  const client = createClient({ server: sluice.url });
  await client.createProject({ files: files(4) });
  await client.reserve({ project: 1, worker: 'w1', count: 2 });
  await client.done({ project: 1, worker: 'w1', done: [{ did: 'f1' }] });
  await client.createProject({ manifest: {} });
  await client.createProject({ files: files(1) });
  await client.cancelProject({ project: 3 });
  await client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }, { name: 'promote' }] });
  await client.reserveTasks({ worker: 'w1', queues: ['juicer'], requestId: 'r1' });
  await client.cancelTask({ task: 'juicer-2' });
  // The sweep notes how the queue stands, as it does when a server starts.
  await clock.pass(60);
  await sluice.close();
  stored = await storedIn(seed);
});

afterAll(() => rm(seed, { recursive: true }));

async function serverOfSeed(): Promise<TestServer> {
  const folder = await tempFolder();
  await cp(seed, folder, { recursive: true });
  return startTestServer({ folder });
}

/** Everything that a stopped Sluice keeps. */
interface Stored {
  readonly items: readonly { key: string; version: unknown; value: unknown }[];
  readonly tickets: readonly unknown[];
  /** The files beside the database. */
  readonly files: readonly string[];
}

async function storedIn(folder: string): Promise<Stored> {
  const database = new DatabaseSync(join(folder, 'sluice.db'), { readOnly: true });
  try {
    const items = database
      .prepare("SELECT partition || ' ' || sort AS key, version, value FROM items ORDER BY partition, sort")
      .all()
      .map(({ key, version, value }) => ({ key: String(key), version, value }))
      // That a worker was heard of is noted whatever it said.
      .filter(({ key }) => !key.endsWith('/activity worker'));
    const tickets = database.prepare('SELECT * FROM tickets ORDER BY id').all();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries.filter(entry => entry.isFile()).map(({ name }) => name);
    return { items, tickets, files: names.filter(name => !name.startsWith('sluice.db')).sort() };
  } finally {
    database.close();
  }
}

/** The request as it is, for `fetch` would put some of them right. */
function send(base: string, { method, path, body }: BadRequest): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(base);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const request = httpRequest({ hostname, port, method, path }, response => {
    const chunks: Buffer[] = [];
    response.on('data', chunk => chunks.push(chunk));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** Words of programs rather than of people. */
const JARGON = /invalid input|unrecognized|undefined|received|\bNaN$|\[object|too (small|big)|regex|>=|<=/i;

describe('a bad request is refused in a clear sentence, and nothing changes:', () => {
  test.each([...BAD_REQUESTS, ...BAD_TASK_REQUESTS])('$what', async bad => {
    const server = await serverOfSeed();

    const { status, body } = await send(server.url, bad);

    expect(Problem.parse(JSON.parse(body))).toMatchObject({
      code: bad.code,
      detail: bad.detail,
      status,
      type: `urn:sluice:problem:${bad.code}`,
    });
    expect(status).toBe(PROBLEMS[bad.code].status);
    expect(bad.detail).not.toMatch(JARGON);
    await server.close();
    expect(await storedIn(server.folder)).toEqual(stored);
  });
});

describe('a bad manifest is refused with its line, and nothing is made of it:', () => {
  /** The number of the project, and the record that says why there is none. */
  const OWN = ['counters project', 'projects 0000000004'];

  test.each(BAD_MANIFESTS)('$what', async ({ bytes, format, virtual, detail }) => {
    const server = await serverOfSeed();
    const { client } = server;
    const { upload } = await client.createProject({ virtual, manifest: format ? { format } : {} });
    await fetch(upload?.url ?? '', { method: 'PUT', body: bytes });
    await client.loadProject({ project: 4 });

    const problem = await untilLoaded(client, 4);

    expect(problem).toMatchObject({ status: 422, code: 'manifest_invalid', detail });
    expect(await untilLoaded(client, 4)).toEqual(problem);
    expect((await client.listProjects({})).projects.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(detail).not.toMatch(JARGON);
    await server.close();
    const { items, ...rest } = await storedIn(server.folder);
    const others = (all: Stored['items']) => all.filter(({ key }) => !OWN.includes(key));
    expect({ items: others(items), ...rest }).toEqual({ ...stored, items: others(stored.items) });
  });
});
