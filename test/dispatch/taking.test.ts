import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import type { PortCall } from '../support/memory-home.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

/** A project of blocks of two files. */
async function inPairs(files: number): Promise<{ world: MemoryWorld; process: Process; id: number }> {
  const world = new MemoryWorld({ layout: { ways: files / 2, projectCacheMillis: 0 } });
  const process = startProcess({ world });
  return { world, process, id: await process.create({ files: someFiles(files), retryBackoffSeconds: 0 }) };
}

/** Goes wrong at the nth call of a name. */
function failing(name: PortCall['name'], nth: number) {
  let calls = 0;
  return (call: PortCall) => {
    if (call.name === name) calls += 1;
    return call.name === name && calls === nth ? ('unavailable' as const) : undefined;
  };
}

test('a worker that advances with the last of a block is given the rest from others, each file once', async () => {
  const { process, id } = await inPairs(6);
  const done = tokensOf(await process.reserve(id, { worker: 'w' }));
  const { next } = await process.advance(id, { worker: 'w', done, reserve: { count: 4 } });
  const tokens = next ? tokensOf(next) : [];
  expect(new Set(tokens).size).toBe(4);
  expect(tokens).toHaveLength(4);
});

test('where a further ticket costs as much as a call, a worker is content with its share', async () => {
  const world = new MemoryWorld({ layout: { ways: 3, contentShare: 0.5 } });
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(9) });
  const done = tokensOf(await process.reserve(id, { worker: 'w' }));
  const { next } = await process.advance(id, { worker: 'w', done, reserve: { count: 3 } });
  expect(next && tokensOf(next)).toHaveLength(2);
  expect(tokensOf(await process.reserve(id, { worker: 'v', count: 5 }))).toHaveLength(3);
  expect(tokensOf(await process.reserve(id, { worker: 'x', count: 6 }))).toHaveLength(3);
});

test('a worker that takes many files of a block has it for itself until the ticket comes up unasked', async () => {
  const world = new MemoryWorld({ layout: { ways: 1, ticketRestsFrom: 3 } });
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(9) });
  const take = async (count: number) => tokensOf(await process.reserve(id, { worker: 'w', count })).length;
  expect([await take(2), await take(3), await take(3)]).toEqual([2, 3, 0]);
  await world.clock.sleep(30_000);
  expect([await take(4), process.home.calls.filter(name => name === 'tickets.hide').length]).toEqual([4, 2]);
});

test('what was reserved is handed over although a look for more fails', async () => {
  const { world, process, id } = await inPairs(6);
  const troubled = startProcess({ world, onCall: failing('tickets.receive', 3) });
  expect(tokensOf(await troubled.reserve(id, { worker: 'w', count: 6 }))).toHaveLength(4);
  expect(troubled.home.warnings).toHaveLength(1);
  expect((await process.show(id)).counts.reserved).toBe(4);
});

test('what was reserved is handed over although its ticket could not be put back', async () => {
  const { world, id } = await inPairs(2);
  const troubled = startProcess({ world, onCall: failing('tickets.hide', 1) });
  expect(tokensOf(await troubled.reserve(id, { worker: 'w', count: 2 }))).toHaveLength(2);
});

test('a first look that fails is the answer', async () => {
  const { world, id } = await inPairs(2);
  const troubled = startProcess({ world, onCall: failing('tickets.receive', 1) });
  await expect(troubled.reserve(id, { worker: 'w' })).rejects.toThrow('tickets.receive');
});

test('a project that is cancelled while a worker is given files of it gives out no more', async () => {
  const { world, process, id } = await inPairs(6);
  const done = tokensOf(await process.reserve(id, { worker: 'w' }));
  const slow = startProcess({
    world,
    async onCall({ name }) {
      if (name === 'store.put' && (await process.show(id)).state === 'active') await process.cancel(id);
      return undefined;
    },
  });
  const { next } = await slow.advance(id, { worker: 'w', done, reserve: { count: 6 } });
  expect(next && tokensOf(next)).toHaveLength(1);
});

test('heartbeats name each file a worker holds by its token', async () => {
  const { process, id } = await inPairs(4);
  const [first = '', ...others] = tokensOf(await process.reserve(id, { worker: 'w', count: 4 }));
  await process.failed(id, { failed: [{ token: first }] });
  const again = tokensOf(await process.reserve(id, { worker: 'w' }));
  const { kept } = await process.heartbeat(id, { worker: 'w' });
  expect(kept.map(({ token }) => token).sort()).toEqual([...others, ...again].sort());
});
