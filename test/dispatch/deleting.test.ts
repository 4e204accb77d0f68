import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

/** Nothing that was under way when a project was deleted goes on for longer. */
const LATE_MILLIS = 15 * 60_000;

/** A project with something in every place where something is kept. */
async function fullProject(world: MemoryWorld): Promise<[Process, number]> {
  const process = startProcess({ world });
  const id = await process.create({ files: [...someFiles(3), ...someFiles(2, { lane: 'b' })] });
  const [token = ''] = tokensOf(await process.reserve(id, { worker: 'w' }));
  await process.failed(id, { failed: [{ token, retry: false }] });
  await process.setReplica(id, { did: 'f2', url: 'https://x/2', available: false });
  world.bytes.set(`outputs/${id}/0/0/1`, new Uint8Array([1]));
  world.bytes.set(`manifests/${id}`, new Uint8Array([1]));
  return [process, id];
}

/** What is kept, but for the counter of projects. */
function kept({ items, queues, bytes }: MemoryWorld): string[] {
  return [...items.partitions(), ...queues.names(), ...bytes.keys()].filter(name => name !== 'counters');
}

test.each(['store' as const, 'files' as const])(
  'a deleted project is gone at once for everybody, and soon all but its record is removed (names in the %s)',
  async pagesIn => {
    const world = new MemoryWorld({ layout: { pagesIn } });
    const [process, id] = await fullProject(world);
    await process.delete(id);
    await expect(process.show(id)).rejects.toMatchObject({ code: 'project_unknown' });
    await expect(process.reserve(id, { worker: 'w' })).rejects.toMatchObject({ code: 'project_unknown' });
    await expect(process.heartbeat(id, { worker: 'w' })).rejects.toMatchObject({ code: 'project_unknown' });
    await process.runJobs();
    expect(kept(world)).toEqual(['projects']);
  },
);

test('the record goes last, when nothing can come late any more, and what came late goes with it', async () => {
  const world = new MemoryWorld();
  const [process, id] = await fullProject(world);
  await process.delete(id);
  await process.runJobs();
  world.items.put({ partition: `p${id}/failures/0`, sort: '000' }, { at: 1 }, 0);
  world.queues.send(`p${id}-b`, [{ block: 0, generation: 1, visibleAt: 0 }]);
  await world.clock.sleep(LATE_MILLIS - 1);
  await process.sweep();
  expect(process.home.jobs).toEqual([]);
  await world.clock.sleep(1);
  await process.sweep();
  await process.runJobs();
  expect(kept(world)).toEqual([]);
});

test('a delete whose job was lost is done by the sweep', async () => {
  const world = new MemoryWorld();
  const [process, id] = await fullProject(world);
  const forgetful = startProcess({
    world,
    onCall: ({ name }) => (name === 'jobs.start' ? 'ignored' : undefined),
  });
  await forgetful.delete(id);
  await process.sweep();
  await process.runJobs();
  expect(kept(world)).toEqual(['projects']);
});

test('a project that is deleted while it is loaded is not loaded to its end', async () => {
  const world = new MemoryWorld();
  const process = startProcess({ world });
  const id = await process.create({ manifest: {} });
  const lines = someFiles(5_000).map(file => JSON.stringify(file));
  world.bytes.set(`manifests/${id}`, new TextEncoder().encode(lines.join('\n')));
  await process.load(id);
  let blocks = 0;
  const loader = startProcess({
    world,
    async onCall() {
      if (blocks === 0) blocks = world.items.list(`p${id}/blocks/0`, { limit: 100 }).length;
      if (blocks === 1) {
        blocks = 2;
        await process.delete(id);
      }
      return undefined;
    },
  });
  await process.runJobs();
  await loader.sweep();
  await loader.runJobs();
  expect(loader.home.warnings).toEqual([]);
});

test('a worker that reserves while the project is deleted is told that there is none', async () => {
  const world = new MemoryWorld();
  const [process, id] = await fullProject(world);
  let isDeleted = false;
  const worker = startProcess({
    world,
    async onCall({ name }) {
      if (isDeleted || name !== 'store.get' || worker.home.calls.at(-2) !== 'store.get') return undefined;
      isDeleted = true;
      await process.delete(id);
      await process.runJobs();
      return undefined;
    },
  });
  await expect(worker.reserve(id, { worker: 'v', count: 5 })).rejects.toMatchObject({
    code: 'project_unknown',
  });
});

test('a job that comes too late for a project is no trouble', async () => {
  const process = startProcess();
  for (const kind of ['load', 'restart', 'delete'] as const)
    await process.context.startJob({ kind, project: 7 });
  await process.runJobs();
  expect(process.home.warnings).toEqual([]);
});

test('a deleted id is not used again', async () => {
  const process = startProcess();
  const first = await process.create({ files: someFiles(1) });
  await process.delete(first);
  await process.runJobs();
  expect(await process.create({ files: someFiles(1) })).toBe(first + 1);
});
