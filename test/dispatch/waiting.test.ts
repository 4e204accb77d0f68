import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const WAIT_SECONDS = 30;

/** A project of one file that `w` holds, `v` waiting for one. Says after how many seconds `v` was answered, and what. */
async function whileWaiting(
  happens: (process: Process, id: number, token: string) => Promise<unknown>,
  world = new MemoryWorld(),
) {
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1), leaseSeconds: 20, retryBackoffSeconds: 3 });
  const [token = ''] = tokensOf(await process.reserve(id, { worker: 'w' }));
  const begun = world.clock.now();
  const waiting = process.reserve(id, { worker: 'v', waitSeconds: WAIT_SECONDS }).then(
    reply => reply.status,
    error => String(error.code),
  );
  await world.clock.sleep(5_000);
  await happens(process, id, token);
  const answer = await waiting;
  return { answer, seconds: (world.clock.now() - begun) / 1000 };
}

test('a worker that waits is told at once that the project is done', async () => {
  const end = whileWaiting((process, id, token) => process.done(id, { done: [token] }));
  expect(await end).toEqual({ answer: 'done', seconds: 5 });
});

test('a worker that waits is told at once that the project was cancelled', async () => {
  const end = whileWaiting((process, id) => process.cancel(id));
  expect(await end).toEqual({ answer: 'project_inactive', seconds: 5 });
});

test('a worker that waits is told that the project was deleted', async () => {
  const end = whileWaiting(async (process, id) => {
    await process.delete(id);
    await process.runJobs();
  });
  expect(await end).toEqual({ answer: 'project_unknown', seconds: 5 });
});

test('a worker that waits is given a file as soon as it was given back', async () => {
  const end = whileWaiting((process, id, token) => process.release(id, { released: [token] }));
  expect(await end).toEqual({ answer: 'reserved', seconds: 5 });
});

test('a worker that waits is given a file when its backoff is over', async () => {
  const end = whileWaiting((process, id, token) => process.failed(id, { failed: [{ token }] }));
  expect(await end).toEqual({ answer: 'reserved', seconds: 8 });
});

test('a worker that waits is given a file when its lease has run out', async () => {
  expect(await whileWaiting(async () => undefined)).toEqual({ answer: 'reserved', seconds: 20 });
});

test('a worker that waits while another process ends the project hears of it after its wait at the latest', async () => {
  const world = new MemoryWorld();
  const other = startProcess({ world });
  const end = await whileWaiting((_process, id, token) => other.done(id, { done: [token] }), world);
  expect(end.answer).toBe('done');
  expect(end.seconds).toBeLessThanOrEqual(WAIT_SECONDS);
});

test('a worker that has gone is not waited for', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(1) });
  await process.reserve(id, { worker: 'w' });
  const begun = process.world.clock.now();
  const gone = new AbortController();
  const waiting = process.reserve(id, { worker: 'v', waitSeconds: WAIT_SECONDS }, gone.signal);
  await process.world.clock.sleep(1_000);
  gone.abort();
  expect((await waiting).status).toBe('wait');
  expect(process.world.clock.now() - begun).toBe(1_000);
});

test('a worker that waits for a project to load looks a few times a second, also when its tickets are there', async () => {
  const world = new MemoryWorld();
  const id = 1;
  const last = await lastWrite();
  const dying = startProcess({ world, onCall: ({ number }) => (number === last ? 'crash' : undefined) });
  await expect(dying.create({ files: someFiles(1) })).rejects.toThrow();
  const process = startProcess({ world });
  expect((await process.reserve(id, { worker: 'w', waitSeconds: WAIT_SECONDS })).status).toBe('wait');
  expect(process.home.calls.length).toBeLessThan(10 * WAIT_SECONDS);
});

/** The number of the call that makes a project of one file active. */
async function lastWrite(): Promise<number> {
  const process = startProcess();
  await process.create({ files: someFiles(1) });
  return process.home.calls.lastIndexOf('store.put') + 1;
}
