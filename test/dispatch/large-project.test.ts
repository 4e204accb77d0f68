import { expect, test } from 'vitest';
import { MAX_DID_LENGTH } from '../../lib/domain/did.ts';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { Crash } from '../support/memory-home.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const MINUTE = 60_000;
/** Two turns of 128 groups of 64 blocks, with one file each: a large project in small. */
const FILES = 9_000;
const GROUPS = Math.ceil(FILES / 64);

/** A world in which every file is a block. */
function worldOfSmallBlocks(): MemoryWorld {
  return new MemoryWorld({ layout: { ways: FILES, maxSlots: 1 } });
}

/** Reserves the file of one block; all other tickets of the project are lost. */
async function takeFrom(process: Process, id: number, block: number): Promise<string[]> {
  const { queues } = process.world;
  queues.drop(`p${id}-default`);
  queues.send(`p${id}-default`, [{ block, generation: 1, visibleAt: 0 }]);
  return tokensOf(await process.reserve(id, { worker: 'w' }));
}

/** The lists that a sweep asks of the store for a project's blocks. */
async function listsOfSweep(process: Process): Promise<number> {
  const before = process.home.calls.length;
  await process.sweep();
  // Of projects, of the one's closed groups, of queues, of workers, and of where events go; within an hour, of nothing else.
  const LISTS_BESIDE = 5;
  return process.home.calls.slice(before).filter(name => name === 'store.list').length - LISTS_BESIDE;
}

test('a sweep of a large project looks at a part of it, the next one at the other', async () => {
  const process = startProcess({ world: worldOfSmallBlocks() });
  const id = await process.create({ files: someFiles(FILES), leaseSeconds: 60 });
  for (const block of [0, 65, 4_500, FILES - 1]) await takeFrom(process, id, block);
  await process.world.clock.sleep(MINUTE);
  const lists = await listsOfSweep(process);
  await process.world.clock.sleep(MINUTE);
  expect(lists + (await listsOfSweep(process))).toBe(GROUPS);
  expect(lists).toBeLessThanOrEqual(128);
  expect((await process.show(id)).counts).toMatchObject({ reserved: 0 });
});

test('a sweep does not read groups whose blocks are all closed', async () => {
  const process = startProcess({ world: new MemoryWorld({ layout: { ways: 200, maxSlots: 1 } }) });
  const id = await process.create({ files: someFiles(200) });
  for (let done = 0; done < 128; ) {
    const tokens = tokensOf(await process.reserve(id, { worker: 'w', count: 32 }));
    await process.done(id, { done: tokens });
    done += tokens.length;
  }
  await process.world.clock.sleep(MINUTE);
  expect(await listsOfSweep(process)).toBe(2);
});

// The last write of the block is made; of what records its closing in the tree's two levels, so many writes are not.
test.each([3, 2, 1])(
  'a project ends though the last closing was recorded in part and the ticket is gone (%i writes missing)',
  async missing => {
    const world = new MemoryWorld({ layout: { ways: 65, maxSlots: 1 } });
    const process = startProcess({ world });
    const id = await process.create({ files: someFiles(65) });
    const tokens: string[] = [];
    for (let left = 65; left > 0; left = 65 - tokens.length)
      tokens.push(...tokensOf(await process.reserve(id, { worker: 'w', count: 32 })));
    const [last = '', ...others] = tokens;
    await process.done(id, { done: others });
    let puts = 0;
    const dying = startProcess({
      world,
      onCall({ name }) {
        if (name === 'store.put') puts += 1;
        return puts > 4 - missing ? 'crash' : undefined;
      },
    });
    await expect(dying.done(id, { done: [last] })).rejects.toThrow(Crash);
    world.queues.drop(`p${id}-default`);
    await process.sweep();
    expect(await process.show(id)).toMatchObject({ state: 'done', counts: { done: 65 } });
  },
);

test('a restart of a large project goes on after its answer', async () => {
  const world = worldOfSmallBlocks();
  const witness = new Witness(world);
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1_100) });
  await process.done(id, { done: tokensOf(await process.reserve(id, { worker: 'w', count: 30 })) });
  expect(await process.restart(id, { states: ['done'] })).not.toHaveProperty('reopened');
  expect(witness.record(id)).toHaveProperty('restarting');
  await process.runJobs();
  expect(witness.record(id)).not.toHaveProperty('restarting');
  expect(witness.counts(id)).toMatchObject({ ready: 1_100 });
  expect(witness.broken).toEqual([]);
});

test('a restart of a thousand files with the longest names leaves the record small', async () => {
  const world = new MemoryWorld();
  const process = startProcess({ world });
  const files = someFiles(1_024).map(({ name, ...file }) => ({
    ...file,
    name: name.padEnd(MAX_DID_LENGTH, '-'),
  }));
  const id = await process.create({ files });
  const sizes: number[] = [];
  world.items.watcher = ({ partition }, _before, after) => {
    if (partition === 'projects') sizes.push(JSON.stringify(after).length);
  };
  await process.restart(id, { dids: files.map(({ name }) => name) });
  expect(Math.max(...sizes)).toBeLessThan(32_000);
});
