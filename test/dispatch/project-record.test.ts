import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { someFiles, startProcess, tokensOf } from './support.ts';

test('a read that was under way while the project was changed does not hide the change', async () => {
  const world = new MemoryWorld({ layout: { projectCacheMillis: Number.POSITIVE_INFINITY } });
  let isSlow = false;
  const process = startProcess({
    world,
    onCall({ name }) {
      const fault = isSlow && name === 'store.get' ? 'late' : undefined;
      isSlow = false;
      return fault;
    },
  });
  const id = await process.create({ files: someFiles(1) });
  isSlow = true;
  const reading = process.context.projects.readNow(id);
  await process.cancel(id);
  expect((await reading).record.state).toBe('active');
  expect((await process.context.projects.read(id)).state).toBe('cancelled');
});

test('a worker is not sent away by what a process remembers of a project that is active again', async () => {
  const world = new MemoryWorld({ layout: { projectCacheMillis: 60_000 } });
  const [process, other] = [startProcess({ world }), startProcess({ world })];
  const id = await process.create({ files: someFiles(2) });
  await process.done(id, { done: tokensOf(await process.reserve(id, { worker: 'w', count: 2 })) });
  await other.restart(id, { states: ['done'] });
  expect((await process.reserve(id, { worker: 'w' })).status).toBe('reserved');
  await process.cancel(id);
  await other.activate(id);
  expect((await process.advance(id, { worker: 'w', reserve: {} })).next?.status).toBe('reserved');
});

test('a process that met a project while it was loading takes heartbeats and reports once another has loaded it', async () => {
  const world = new MemoryWorld({ layout: { projectCacheMillis: 60_000 } });
  const [process, other] = [startProcess({ world }), startProcess({ world })];
  const id = await other.create({ manifest: {} });
  world.bytes.set(
    `manifests/${id}`,
    new TextEncoder().encode('{"name":"f0","replicas":[{"url":"https://x/0"}]}'),
  );
  expect((await process.reserve(id, { worker: 'w' })).status).toBe('wait');
  await other.load(id);
  await other.runJobs();
  const [token = ''] = tokensOf(await other.reserve(id, { worker: 'w' }));
  expect(await process.heartbeat(id, { worker: 'w', tokens: [token] })).toMatchObject({ lost: [] });
  expect((await process.done(id, { done: [token] })).results).toMatchObject([{ accepted: true }]);
});

test('a process that met a project while it was cancelled does not stop those who work on it again', async () => {
  const world = new MemoryWorld({ layout: { projectCacheMillis: 60_000 } });
  const [process, other] = [startProcess({ world }), startProcess({ world })];
  const id = await other.create({ files: someFiles(1) });
  await process.cancel(id);
  await other.activate(id);
  await other.reserve(id, { worker: 'w' });
  expect((await process.heartbeat(id, { worker: 'w' })).cancelled).toBe(false);
});

test('a project is read again when it was remembered for long enough', async () => {
  const world = new MemoryWorld({ layout: { projectCacheMillis: 5_000 } });
  const [process, other] = [startProcess({ world }), startProcess({ world })];
  const id = await process.create({ files: someFiles(1) });
  await other.cancel(id);
  expect((await process.context.projects.read(id)).state).toBe('active');
  await world.clock.sleep(5_000);
  expect((await process.context.projects.read(id)).state).toBe('cancelled');
});
