import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, refusalOf, reservationsIn, startTestServer } from './support.ts';

const copy = (site: string) => ({ url: `https://${site}/f`, site });

/** A server whose project 1 has the file `f`, with a copy at each of these sites. */
async function serverWith(...sites: string[]) {
  const server = await startTestServer();
  await server.client.createProject({ files: [{ name: 'f', replicas: sites.map(copy) }], leaseSeconds: 1 });
  return server;
}

/** The sites of the copies that a worker is given, and gives back; undefined when it is given nothing. */
async function sitesFor(client: Client, site?: string): Promise<string[] | undefined> {
  const reply = await client.reserve({ project: 1, worker: 'w', ...(site !== undefined && { site }) });
  if (reply.status === 'wait') return undefined;
  const [reservation] = reservationsIn(reply);
  await client.release({ project: 1, released: [reservation?.token ?? ''] });
  return reservation?.replicas.map(({ site }) => site ?? '');
}

describe('a worker is given the copies of a file', () => {
  test('at its own site first, then by the table, then in the given order', async () => {
    const { client } = await serverWith('FAR', 'OTHER', 'NEAR', 'HOME');
    await client.putSites({ proximity: { HOME: { NEAR: 10, FAR: 500 } } });

    expect(await sitesFor(client, 'HOME')).toEqual(['HOME', 'NEAR', 'OTHER', 'FAR']);
  });

  test('with how near each is', async () => {
    const { client } = await serverWith('FAR', 'NEAR', 'HOME');
    await client.putSites({ default: 70, proximity: { HOME: { NEAR: 10 } } });

    const [reservation] = reservationsIn(await client.reserve({ project: 1, worker: 'w', site: 'HOME' }));
    expect(reservation?.replicas).toEqual([
      { ...copy('HOME'), proximity: 0 },
      { ...copy('NEAR'), proximity: 10 },
      { ...copy('FAR'), proximity: 70 },
    ]);
  });

  test('as the entry for all sites says where the own site has none', async () => {
    const { client } = await serverWith('A', 'B', 'C');
    await client.putSites({ proximity: { '*': { C: 1, B: 2 }, HOME: { B: 0 } } });

    expect(await sitesFor(client, 'HOME')).toEqual(['B', 'C', 'A']);
    expect(await sitesFor(client, 'ELSEWHERE')).toEqual(['C', 'B', 'A']);
    expect(await sitesFor(client)).toEqual(['C', 'B', 'A']);
  });

  test('without those that are never for its site', async () => {
    const { client } = await serverWith('A', 'B');
    await client.putSites({ proximity: { HOME: { A: 'never' } } });

    expect(await sitesFor(client, 'HOME')).toEqual(['B']);
    expect(await sitesFor(client, 'ELSEWHERE')).toEqual(['A', 'B']);
  });

  test('without those at a site that is down', async () => {
    const { client } = await serverWith('A', 'B');
    await client.putSites({ unavailable: ['A'] });

    expect(await sitesFor(client, 'A')).toEqual(['B']);
  });

  test('of no site that is named like something every object has', async () => {
    const { client } = await serverWith('constructor', '__proto__', 'toString');

    expect((await sitesFor(client, '__proto__'))?.sort()).toEqual(['__proto__', 'constructor', 'toString']);
  });
});

describe('a file is not handed out', () => {
  test('to a site from which no copy can be reached, and is to others', async () => {
    const { client, clock } = await serverWith('A');
    await client.putSites({ default: 'never' });

    expect(await sitesFor(client, 'HOME')).toBeUndefined();
    await clock.pass(2);
    expect(await sitesFor(client, 'A')).toEqual(['A']);
  });

  test('while all its copies are marked as unavailable', async () => {
    const { client, clock } = await serverWith('A', 'B');
    const { url } = copy('A');
    await client.setReplica({ project: 1, did: 'f', ...{ url, available: false } });
    expect(await sitesFor(client)).toEqual(['B']);
    const marked = await client.setReplica({ project: 1, did: 'f', url: copy('B').url, available: false });

    expect(marked.replicas).toEqual([
      { ...copy('A'), available: false },
      { ...copy('B'), available: false },
    ]);
    expect(await sitesFor(client)).toBeUndefined();
    expect((await client.showProject({ project: 1 })).counts).toMatchObject({ ready: 1 });

    await client.setReplica({ project: 1, did: 'f', url, available: true });
    await clock.pass(2);
    expect(await sitesFor(client)).toEqual(['A']);
  });

  test('and a worker that waits for one is given it when a copy is available again', async () => {
    const { client, clock } = await serverWith('A');
    const { url } = copy('A');
    await client.setReplica({ project: 1, did: 'f', url, available: false });

    const poll = client.reserve({ project: 1, worker: 'w', waitSeconds: 30 });
    await clock.untilAsleep(2);
    await client.setReplica({ project: 1, did: 'f', url, available: true });

    expect(reservationsIn(await clock.until(poll))).toHaveLength(1);
  });

  test('but is where the project is virtual: its workers need no copy', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: [{ name: 'f' }], virtual: true });
    await client.putSites({ default: 'never' });

    expect(await sitesFor(client, 'HOME')).toEqual([]);
  });
});

describe('marking a copy', () => {
  test('of an unknown file is refused', async () => {
    const { client } = await serverWith('A');

    expect(
      await codeOf(client.setReplica({ project: 1, did: 'g', url: copy('A').url, available: false })),
    ).toBe('file_unknown');
  });

  test('that the file does not have is refused', async () => {
    const { client } = await serverWith('A');

    expect(
      await refusalOf(client.setReplica({ project: 1, did: 'f', url: 'https://B/f', available: false })),
    ).toEqual({ code: 'invalid_request', detail: 'f has no replica https://B/f' });
  });
});

describe('a local file of a shared folder', () => {
  async function serverOfFile() {
    const folder = await tempFolder();
    await mkdir(join(folder, 'run 1'));
    await writeFile(join(folder, 'run 1', 'ä#?%.txt'), 'content');
    const server = await startTestServer({ shares: [folder] });
    const url = pathToFileURL(join(folder, 'run 1', 'ä#?%.txt')).href;
    await server.client.createProject({ files: [{ name: 'f', replicas: [{ url }] }], leaseSeconds: 60 });
    const [reservation] = reservationsIn(await server.client.reserve({ project: 1, worker: 'w' }));
    return { server, url: reservation?.replicas[0]?.url ?? '' };
  }

  test('is handed out by a URL of the server that needs no token', async () => {
    const { url } = await serverOfFile();

    expect(await (await fetch(url)).text()).toBe('content');
  });

  test('cannot be read by a URL that was changed', async () => {
    const { url } = await serverOfFile();

    expect((await fetch(url.replace('.txt', '.tx'))).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  test('cannot be read for long after the lease', async () => {
    const { server, url } = await serverOfFile();
    await server.clock.pass(60 + 299);
    expect((await fetch(url)).status).toBe(200);
    await server.clock.pass(2);

    expect((await fetch(url)).status).toBe(403);
  });
});

test('the table of sites is empty at first, and stays over a restart', async () => {
  const first = await startTestServer();
  expect(await first.client.getSites({})).toEqual({ default: 100, proximity: {}, unavailable: [] });
  const table = { default: 5, proximity: { '*': { A: 1, B: 'never' as const } }, unavailable: ['C'] };
  expect(await first.client.putSites(table)).toEqual(table);
  await first.close();

  const { client } = await startTestServer({ folder: first.folder });
  expect(await client.getSites({})).toEqual(table);
});
