import { expect, test } from 'vitest';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const FILES = 300;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** A project with an uploaded manifest of two lanes. */
async function uploaded(world: MemoryWorld): Promise<number> {
  const process = startProcess({ world });
  const id = await process.create({ manifest: {} });
  const files = [...someFiles(FILES / 2), ...someFiles(FILES / 2, { lane: 'b' })];
  world.bytes.set(
    `manifests/${id}`,
    new TextEncoder().encode(files.map(file => JSON.stringify(file)).join('\n')),
  );
  return id;
}

/** A process whose calls take their time. */
function slowProcess(world: MemoryWorld): Process {
  return startProcess({
    world,
    async onCall() {
      await world.clock.sleep(world.random() * 100);
      return undefined;
    },
  });
}

async function dids(process: Process, id: number): Promise<string[]> {
  return (await process.files(id, { limit: 1000 })).files.map(({ did, lane }) => `${lane}/${did}`).sort();
}

test.each(SEEDS)(
  'two runs of one load beside each other, and workers, make one project (seed %i)',
  async seed => {
    const pagesIn = seed % 2 === 0 ? 'store' : 'files';
    const world = new MemoryWorld({ seed, layout: { ways: 50, pagesIn } });
    const witness = new Witness(world);
    const id = await uploaded(world);
    const [one, two] = [slowProcess(world), slowProcess(world)];
    await one.load(id);
    await two.sweep();
    const loads = Promise.all([one.runJobs(), two.runJobs()]);
    let done = 0;
    while (done < FILES) {
      const tokens = tokensOf(await two.reserve(id, { worker: 'w', count: 5 }));
      if (tokens.length > 0) await two.done(id, { done: tokens });
      done += tokens.length;
      await world.clock.sleep(1_000);
    }
    await loads;
    expect(done).toBe(FILES);
    expect(await one.show(id)).toMatchObject({ state: 'done', files: FILES, counts: { done: FILES } });
    expect(witness.record(id)).not.toHaveProperty('progress');
    expect(new Set(await dids(one, id)).size).toBe(FILES);
    expect(witness.broken).toEqual([]);
  },
);

test.each(['store' as const, 'files' as const])(
  'a load that was cut off goes on where it was, and makes the same project (names in the %s)',
  async pagesIn => {
    const whole = new MemoryWorld({ layout: { ways: 50 } });
    const id = await uploaded(whole);
    const process = startProcess({ world: whole });
    await process.load(id);
    await process.runJobs();

    const cut = new MemoryWorld({ layout: { ways: 50, pagesIn } });
    await uploaded(cut);
    await startProcess({ world: cut }).load(id);
    for (const calls of [6, 8, 10, 12]) {
      const dying = startProcess({
        world: cut,
        onCall: ({ number }) => (number > calls ? 'crash' : undefined),
      });
      await dying.sweep();
      await expect(dying.runJobs()).rejects.toThrow();
    }
    const last = startProcess({ world: cut });
    await last.sweep();
    await last.runJobs();
    expect((await last.show(id)).state).toBe('active');
    expect(await dids(last, id)).toEqual(await dids(process, id));
  },
);

test.each([6, 20, 40, 50])(
  'a load that was cut off at call %i goes on in the blocks it began with, whatever size the next version makes them',
  async calls => {
    const world = new MemoryWorld({ layout: { ways: 50 } });
    const id = await uploaded(world);
    await startProcess({ world }).load(id);
    const dying = startProcess({
      world,
      onCall: ({ number }) => (number > calls ? 'crash' : undefined),
    });
    await dying.sweep();
    await expect(dying.runJobs()).rejects.toThrow();
    const next = startProcess({ world, layout: { ways: 7 } });
    await next.sweep();
    await next.runJobs();
    expect((await next.show(id)).counts.ready).toBe(FILES);
    expect(new Set(await dids(next, id)).size).toBe(FILES);
  },
);

test('a block takes no place in the store before somebody changes it', async () => {
  const world = new MemoryWorld({ layout: { ways: 3 } });
  const process = startProcess({ world });
  const id = await process.create({ files: [...someFiles(4), ...someFiles(3, { lane: 'b' })] });
  const stored = () => world.items.list(`p${id}/blocks/0`, { limit: 9 }).length;
  expect([stored(), (await process.show(id)).counts.ready]).toEqual([0, 7]);
  await process.reserve(id, { worker: 'w', lanes: ['b'], count: 3 });
  expect([stored(), (await process.show(id)).counts]).toEqual([
    1,
    { ready: 4, reserved: 3, done: 0, failed: 0 },
  ]);
});

test('a copy has the files, lanes, users and roles of its original, all ready', async () => {
  const process = startProcess();
  const files = [...someFiles(2), ...someFiles(2, { lane: 'b' })];
  const id = await process.create({ files, users: ['bob'], roles: ['crew'], title: 'first' });
  await process.done(id, { done: tokensOf(await process.reserve(id, { worker: 'w', count: 3 })) });
  await process.restart(id, { dids: ['f0'] });
  const copy = await process.copy(id, { title: 'second' });
  await process.runJobs();
  expect(await process.show(copy.id)).toMatchObject({
    ...{ state: 'active', title: 'second', users: ['bob'], roles: ['crew'], lanes: ['default', 'b'] },
    counts: { ready: 4, reserved: 0, done: 0, failed: 0 },
  });
  expect(await dids(process, copy.id)).toEqual(await dids(process, id));
});

test.each([
  ['before', 1],
  ['while', 9],
])(
  'a copy whose original is deleted %s its files are copied is refused, and says why',
  async (_when, step) => {
    const world = new MemoryWorld();
    const [process, owner] = [startProcess({ world }), startProcess({ world })];
    const id = await process.create({ files: someFiles(5) });
    const { id: copy } = await process.copy(id, {});
    const copier = startProcess({
      world,
      async onCall({ number }) {
        if (number !== step) return undefined;
        await owner.delete(id);
        await owner.runJobs();
        return undefined;
      },
    });
    await copier.sweep();
    await copier.runJobs();
    await expect(owner.show(copy)).rejects.toMatchObject({
      code: 'manifest_invalid',
      message: 'project 1 was deleted before all its files were copied',
    });
  },
);
