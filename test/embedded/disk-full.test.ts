import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { filesIn } from '../support/files-in.ts';
import { NodeChild } from '../support/node-child.ts';
import { type SmallDisk, smallDisk } from '../support/small-disk.ts';

const SERVE = new URL('../support/serve-child.ts', import.meta.url);

async function setup() {
  const disk = await smallDisk();
  return { ...(await serve(disk)), restart: () => serve(disk) };
}

async function serve(disk: SmallDisk) {
  const server = new NodeChild(SERVE, disk.folder);
  const url = await server.firstLine();
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) });
    return { status: response.status, body: await response.json() };
  };
  return {
    server,
    folder: disk.folder,
    call,
    create: (body: object) => call('POST', '/v1/projects', body),
    fill: () => disk.fill(server.pid),
    free: () => disk.free(server.pid),
  };
}

function uploadOf({ body }: { body: unknown }): { url: string } {
  return z.object({ upload: z.object({ url: z.string() }) }).parse(body).upload;
}

const VIRTUAL = { virtual: true, files: [{ name: 'a' }, { name: 'b' }] };

test('while the disk is full what would be written is refused as unavailable, and what is read is not', async () => {
  const { call, create, fill } = await setup();
  expect((await create({ ...VIRTUAL, title: 'first' })).status).toBe(201);
  await fill();
  for (let again = 0; again < 3; again += 1)
    expect(await create({ ...VIRTUAL, title: 'refused' })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
  expect(await call('POST', '/v1/projects/1/reserve', { worker: 'w' })).toMatchObject({
    status: 503,
    body: { code: 'unavailable' },
  });
  expect(await call('GET', '/v1/projects/1')).toMatchObject({ status: 200, body: { title: 'first' } });
});

test('when there is room again the server goes on, and nothing of the refused is there', async () => {
  const { call, create, fill, free } = await setup();
  await create({ ...VIRTUAL, title: 'first' });
  await fill();
  await create({ ...VIRTUAL, title: 'refused' });
  await call('POST', '/v1/projects/1/reserve', { worker: 'w' });
  await free();
  expect(await call('POST', '/v1/projects/1/reserve', { worker: 'w', count: 2 })).toMatchObject({
    status: 200,
    body: { status: 'reserved', reservations: [{ attempt: 1 }, { attempt: 1 }] },
  });
  expect((await create({ ...VIRTUAL, title: 'second' })).status).toBe(201);
  const { body } = await call('GET', '/v1/projects');
  const { projects } = z.object({ projects: z.array(z.object({ title: z.string() })) }).parse(body);
  expect(projects.map(({ title }) => title).toSorted()).toEqual(['first', 'second']);
});

test('an upload that finds no room is refused as unavailable, leaves nothing, and can be done again', async () => {
  const { folder, create, fill, free } = await setup();
  const upload = uploadOf(await create({ title: 'by manifest', manifest: {}, virtual: true }));
  await fill();
  const refused = await fetch(upload.url, { method: 'PUT', body: 'a\n'.repeat(1_000_000) });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'unavailable' });
  expect(await filesIn(join(folder, 'manifests'))).toEqual([]);
  await free();
  expect((await fetch(upload.url, { method: 'PUT', body: 'a\nb\n' })).status).toBe(200);
});

const Reserved = z.object({ tasks: z.array(z.object({ token: z.string() })) });

test('a task that ends while the disk is full ends once there is room, and what was told of it meanwhile is told once', async () => {
  const { call, fill, free } = await setup();
  await call('PUT', '/v1/queues/q', {});
  await call('POST', '/v1/tasks', { name: 'n', queue: 'q' });
  const { body } = await call('POST', '/v1/tasks/reserve', { worker: 'w', queues: ['q'] });
  const token = Reserved.parse(body).tasks[0]?.token ?? '';
  const update = () => call('POST', '/v1/tasks/update', { token, event: { n: 1 }, requestId: 'r' });
  const end = () => call('POST', '/v1/tasks/end', { token, outcome: 'succeeded' });
  await fill();
  for (const act of [update, end, () => call('POST', '/v1/tasks', { name: 'n', queue: 'q' })])
    expect(await act()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(await call('GET', '/v1/tasks/q-1')).toMatchObject({ body: { state: 'running', history: [] } });
  await free();
  expect((await update()).status).toBe(200);
  expect(await end()).toMatchObject({ status: 200, body: { state: 'succeeded', repeated: false } });
  expect(await call('GET', '/v1/tasks/q-1')).toMatchObject({ body: { history: [{ event: { n: 1 } }] } });
  expect(await call('GET', '/v1/queues/q')).toMatchObject({ body: { counts: { succeeded: 1, queued: 0 } } });
});

const FILES = 250_000;
const Loading = z.object({ state: z.string(), loading: z.object({ phase: z.string() }).optional() });

test('a load that meets a full disk for a moment is never taken for whole, and is done again', async () => {
  const { call, create, fill, free, server, restart } = await setup();
  const upload = uploadOf(await create({ manifest: { format: 'lines' }, virtual: true }));
  const names = Array.from({ length: FILES }, (_, n) => `file${n}`);
  await fetch(upload.url, { method: 'PUT', body: names.join('\n') });
  await call('POST', '/v1/projects/1/load', {});
  const projectOf = async (by: typeof call) => Loading.parse((await by('GET', '/v1/projects/1')).body);
  while ((await projectOf(call)).loading?.phase === 'checking') await sleep(5);
  await fill();
  await sleep(100);
  await free();
  while (!server.stderr.includes('load 1 failed') && (await projectOf(call)).state === 'loading')
    await sleep(20);
  await server.kill();
  const again = await restart();
  while ((await projectOf(again.call)).state === 'loading') await sleep(20);
  expect(await again.call('GET', '/v1/projects/1')).toMatchObject({
    body: { state: 'active', counts: { ready: FILES } },
  });
});
