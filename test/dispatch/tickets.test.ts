import { expect, test } from 'vitest';
import type { Layout } from '../../lib/dispatch/home.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const LEASE_SECONDS = 600;
const QUEUE = 'p1-default';

/** A project of one block. */
async function oneBlock(files: number, settings: Partial<Layout> & { retryBackoffSeconds?: number } = {}) {
  const { retryBackoffSeconds = 0, ...layout } = settings;
  const process = startProcess({ world: new MemoryWorld({ layout: { ways: 1, ...layout } }) });
  const id = await process.create({
    files: someFiles(files),
    leaseSeconds: LEASE_SECONDS,
    retryBackoffSeconds,
  });
  return { process, id };
}

/** The tickets of the queue: the generation, and in how many seconds it is visible. */
function tickets({ world }: Process): [generation: number, seconds: number][] {
  const { queues, clock } = world;
  return queues
    .ticketsOf(QUEUE)
    .map(({ generation, visibleAt }) => [generation, Math.max(0, (visibleAt - clock.now()) / 1000)]);
}

async function take(process: Process, id: number, count = 1, worker = 'w'): Promise<string[]> {
  return tokensOf(await process.reserve(id, { worker, count }));
}

test('the ticket of a block with ready files stays visible', async () => {
  const { process, id } = await oneBlock(3);
  await take(process, id, 2);
  expect(tickets(process)).toEqual([[1, 0]]);
});

test('the ticket of a block that is all reserved is hidden until the first lease ends', async () => {
  const { process, id } = await oneBlock(2);
  await take(process, id);
  await process.world.clock.sleep(100_000);
  await take(process, id);
  expect(tickets(process)).toEqual([[1, LEASE_SECONDS - 100]]);
  await process.heartbeat(id, { worker: 'w' });
  await process.world.clock.sleep((LEASE_SECONDS - 100) * 1000);
  expect(await take(process, id)).toEqual([]);
  expect(tickets(process)).toEqual([[1, 100]]);
});

test('a retry sends the ticket of the next generation, visible when its backoff is over', async () => {
  const { process, id } = await oneBlock(1, { retryBackoffSeconds: 30 });
  const [token = ''] = await take(process, id);
  await process.failed(id, { failed: [{ token }] });
  expect(tickets(process)).toEqual([
    [1, LEASE_SECONDS],
    [2, 30],
  ]);
  await process.world.clock.sleep(29_999);
  expect(await take(process, id)).toEqual([]);
  await process.world.clock.sleep(1);
  expect(await take(process, id)).toHaveLength(1);
});

test('the ticket of an older generation is acted on, then deleted', async () => {
  const { process, id } = await oneBlock(1);
  const [token = ''] = await take(process, id);
  await process.release(id, { released: [token] });
  process.world.queues.drop(QUEUE);
  process.world.queues.send(QUEUE, [{ block: 0, generation: 1, visibleAt: 0 }]);
  expect(await take(process, id)).toHaveLength(1);
  expect(tickets(process)).toEqual([]);
});

test('the ticket of a newer generation is looked at every two seconds, and given up after five looks', async () => {
  const { process, id } = await oneBlock(1);
  process.world.queues.drop(QUEUE);
  process.world.queues.send(QUEUE, [{ block: 0, generation: 2, visibleAt: 0 }]);
  for (let looks = 1; looks <= 5; looks += 1) {
    expect(await take(process, id)).toEqual([]);
    expect(tickets(process)).toEqual([[2, 2]]);
    await process.world.clock.sleep(2_000);
  }
  expect(await take(process, id)).toEqual([]);
  expect(tickets(process)).toEqual([]);
});

test('the ticket of a newer generation counts once its write has come', async () => {
  const { process, id } = await oneBlock(1);
  const [token = ''] = await take(process, id);
  process.world.queues.send(QUEUE, [{ block: 0, generation: 2, visibleAt: 0 }]);
  expect(await take(process, id)).toEqual([]);
  await process.release(id, { released: [token] });
  expect(await take(process, id)).toHaveLength(1);
});

test('the ticket of a closed block is deleted when it comes up', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2), leaseSeconds: LEASE_SECONDS });
  const [first = ''] = await take(process, id, 2);
  await process.world.clock.sleep(60_000);
  await process.done(id, { done: [first] });
  await process.heartbeat(id, { worker: 'w' });
  await process.world.clock.sleep((LEASE_SECONDS - 60) * 1000);
  expect(tickets(process)).toHaveLength(2);
  expect(await take(process, id)).toEqual([]);
  expect(tickets(process)).toEqual([[1, 60]]);
});

test('a block with no room for a lease waits until one ends, and is there at once when a report makes room', async () => {
  const { process, id } = await oneBlock(3, { maxLeases: 2 });
  const [token = ''] = await take(process, id);
  await take(process, id, 1, 'v');
  expect(await take(process, id, 1, 'x')).toEqual([]);
  expect(tickets(process)).toEqual([[1, LEASE_SECONDS]]);
  await process.done(id, { done: [token] });
  expect(tickets(process)).toContainEqual([2, 0]);
  expect(await take(process, id, 1, 'x')).toHaveLength(1);
});

test('a block whose bytes are used up waits until a lease ends, and what workers held is theirs', async () => {
  const { process, id } = await oneBlock(256, { blockBytes: 1024 });
  const takers = Array.from({ length: 9 }, (_, n) => `${n}`.padEnd(64, 'w'));
  const tokens: string[] = [];
  for (const worker of takers) tokens.push(...(await take(process, id, 1, worker)));
  expect(tokens).toHaveLength(3);
  expect(tickets(process)).toEqual([[1, LEASE_SECONDS]]);
  await process.failed(id, { failed: tokens.map(token => ({ token })) });
  expect(await take(process, id, 1, takers[8])).toHaveLength(1);
});

test('a restart of an ended project makes its files available at once', async () => {
  const { process, id } = await oneBlock(2);
  await process.done(id, { done: await take(process, id, 2) });
  await process.restart(id, { states: ['done'] });
  expect(await take(process, id, 2)).toHaveLength(2);
});

test('a restart makes the files of a block available whose visible ticket is gone', async () => {
  const process = startProcess({ world: new MemoryWorld({ layout: { ways: 2 } }) });
  const id = await process.create({ files: someFiles(4) });
  const done = await take(process, id);
  const { next } = await process.advance(id, { worker: 'w', done, reserve: {} });
  await process.done(id, { done: next ? tokensOf(next) : [] });
  // Its ticket comes up, and is deleted.
  await take(process, id, 2);
  await process.restart(id, { states: ['done'] });
  expect(await take(process, id, 2)).toHaveLength(2);
});

test('a ticket whose hiding was lost comes up too early, and nothing comes of it', async () => {
  const { process, id } = await oneBlock(1);
  const { world } = process;
  const unlucky = startProcess({
    world,
    onCall: ({ name }) => (name === 'tickets.hide' ? 'ignored' : undefined),
  });
  expect(await take(unlucky, id)).toHaveLength(1);
  await world.clock.sleep(30_000);
  expect(await take(process, id)).toEqual([]);
  expect(tickets(process)).toEqual([[1, LEASE_SECONDS - 30]]);
});

test('tickets do not pile up in a block whose files are retried again and again', async () => {
  const { process, id } = await oneBlock(2);
  await take(process, id, 1, 'v');
  for (let tries = 0; tries < 9; tries += 1)
    await process.failed(id, { failed: (await take(process, id)).map(token => ({ token })) });
  await process.world.clock.sleep(LEASE_SECONDS * 1000);
  expect(await take(process, id, 2)).toHaveLength(2);
  await process.reserve(id, { worker: 'x' });
  expect(tickets(process)).toHaveLength(1);
});
