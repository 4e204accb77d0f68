import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess } from './support.ts';

function inOneBlock(): Process {
  return startProcess({ world: new MemoryWorld({ layout: { ways: 1, projectCacheMillis: 0 } }) });
}

async function dids(
  process: Process,
  id: number,
  wish: { count?: number; site?: string; secondsLeft?: number },
) {
  const reply = await process.reserve(id, { worker: 'w', ...wish });
  return reply.status === 'reserved' ? reply.reservations.map(({ did }) => did) : [];
}

test('a file whose copies are all marked is not handed out; the others are, and it is once a copy is back', async () => {
  const process = inOneBlock();
  const id = await process.create({ files: someFiles(3) });
  const copy = { did: 'f0', url: 'https://x/0' };
  await process.setReplica(id, { ...copy, available: false });
  expect(await dids(process, id, { count: 3 })).toEqual(['f1', 'f2']);
  await process.world.clock.sleep(2_000);
  expect(await dids(process, id, {})).toEqual([]);
  await process.setReplica(id, { ...copy, available: true });
  await process.world.clock.sleep(2_000);
  expect(await dids(process, id, {})).toEqual(['f0']);
});

test('a block that one worker cannot use is left alone for two seconds, then another worker is given it', async () => {
  const process = inOneBlock();
  const files = someFiles(1).map(file => ({ ...file, replicas: [{ url: 'https://x/0', site: 'near' }] }));
  const id = await process.create({ files });
  await process.putSites({ proximity: { far: { near: 'never' } } });
  expect(await dids(process, id, { site: 'far' })).toEqual([]);
  expect(await dids(process, id, { site: 'near' })).toEqual([]);
  await process.world.clock.sleep(2_000);
  expect(await dids(process, id, { site: 'near' })).toEqual(['f0']);
});

test('a worker who wants more than a block has for it is given each file once, after one look', async () => {
  const process = inOneBlock();
  const id = await process.create({
    files: [
      ...someFiles(2, { durationSeconds: 10 }),
      ...someFiles(2, { durationSeconds: 1000, prefix: 'long' }),
    ],
  });
  expect(await dids(process, id, { count: 8, secondsLeft: 60 })).toEqual(['f0', 'f1']);
  const looks = process.home.calls.filter(name => name === 'tickets.receive');
  expect(looks.length).toBeLessThanOrEqual(2);
});

test('a worker is given only what it is expected to finish in its time', async () => {
  const process = inOneBlock();
  const id = await process.create({ files: someFiles(10, { durationSeconds: 60 }) });
  expect(await dids(process, id, { count: 10, secondsLeft: 59 })).toEqual([]);
  await process.world.clock.sleep(2_000);
  expect(await dids(process, id, { count: 10, secondsLeft: 190 })).toHaveLength(3);
});

test('how long a file takes is learnt from those that are done, where nothing is declared', async () => {
  const process = inOneBlock();
  const id = await process.create({ files: someFiles(10) });
  const [first = ''] = await dids(process, id, { count: 1, secondsLeft: 1 });
  await process.world.clock.sleep(100_000);
  await process.done(id, { worker: 'w', done: [{ did: first }] });
  expect(await dids(process, id, { count: 10, secondsLeft: 250 })).toHaveLength(2);
  expect(await dids(process, id, { count: 10, secondsLeft: 99 })).toEqual([]);
});

test('lanes are looked at in the order of the worker, and only those it names', async () => {
  const process = inOneBlock();
  const id = await process.create({
    files: [...someFiles(1, { lane: 'a' }), ...someFiles(1, { lane: 'b' }), ...someFiles(1, { lane: 'c' })],
  });
  const reply = await process.reserve(id, { worker: 'w', count: 9, lanes: ['c', 'unknown', 'a'] });
  expect(reply).toMatchObject({ status: 'reserved', reservations: [{ did: 'c0' }, { did: 'a0' }] });
});

test('a lane full of files that are none for a worker does not keep it from the next lane', async () => {
  const process = startProcess();
  const closed = someFiles(100, { lane: 'a' }).map(file => ({
    ...file,
    replicas: [{ url: 'https://x/y', site: 'closed' }],
  }));
  const id = await process.create({ files: [...closed, ...someFiles(3, { lane: 'b' })] });
  await process.putSites({ unavailable: ['closed'] });
  for (let files = 0; files < 3; files += 1) {
    expect(await dids(process, id, {})).toHaveLength(1);
    await process.world.clock.sleep(5_000);
  }
});

test('blocks that are none for a worker do not keep it from the one that is', async () => {
  const process = startProcess();
  const files = someFiles(100).map((file, n) => ({
    ...file,
    replicas: [{ url: 'https://x/y', site: n === 77 ? 'open' : 'closed' }],
  }));
  const id = await process.create({ files });
  await process.putSites({ unavailable: ['closed'] });
  const found: string[] = [];
  for (let polls = 0; polls < 4; polls += 1) {
    found.push(...(await dids(process, id, {})));
    await process.world.clock.sleep(1_000);
  }
  expect(found).toEqual(['f77']);
});
