import { describe, expect, test } from 'vitest';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

async function take(process: Process, id: number, count: number): Promise<string[]> {
  return tokensOf(await process.reserve(id, { worker: 'w', count }));
}

/** Sweeps every minute while a worker polls, and answers how many minutes it takes until it is given a file. */
async function minutesUntilServed(process: Process, id: number): Promise<number> {
  for (let minutes = 0; minutes < 60; minutes += 1) {
    await process.sweep();
    for (let polls = 0; polls < 12; polls += 1) {
      if ((await process.reserve(id, { worker: 'w' })).status === 'reserved') return minutes;
      await process.world.clock.sleep(MINUTE / 12);
    }
  }
  throw new Error('the worker was given nothing in an hour');
}

describe('leases', () => {
  test('files of a project that nobody asks about are taken back from workers that are gone', async () => {
    const process = startProcess();
    const id = await process.create({ files: someFiles(2), leaseSeconds: 60 });
    await take(process, id, 2);
    await process.world.clock.sleep(MINUTE - 1);
    await process.sweep();
    expect((await process.show(id)).counts.reserved).toBe(2);
    await process.world.clock.sleep(1);
    await process.sweep();
    expect((await process.show(id)).counts.ready).toBe(2);
    expect(await take(process, id, 2)).toHaveLength(2);
  });

  test('a project whose files fail with their leases ends, though nobody asks about it', async () => {
    const process = startProcess();
    const id = await process.create({ files: someFiles(3), leaseSeconds: 60, onLeaseExpiry: 'fail' });
    await process.done(id, { done: await take(process, id, 1) });
    await take(process, id, 2);
    await process.world.clock.sleep(MINUTE);
    await process.sweep();
    expect(await process.show(id)).toMatchObject({ state: 'failed', counts: { done: 1, failed: 2 } });
    const { files } = await process.files(id, { state: 'failed' });
    expect(files.map(({ failure }) => failure)).toEqual([
      { at: process.world.clock.now(), attempt: 1, worker: 'w', reason: 'the lease ran out' },
      { at: process.world.clock.now(), attempt: 1, worker: 'w', reason: 'the lease ran out' },
    ]);
  });
});

describe('lost tickets', () => {
  test('are replaced within minutes once a worker finds none', async () => {
    const process = startProcess();
    const id = await process.create({ files: someFiles(10) });
    process.world.queues.drop(`p${id}-default`);
    expect(await minutesUntilServed(process, id)).toBeLessThanOrEqual(3);
    while (tokensOf(await process.reserve(id, { worker: 'w' })).length > 0);
    expect((await process.show(id)).counts).toMatchObject({ ready: 0, reserved: 10 });
  });

  test('are replaced in the lane that lacks them, not where there are some', async () => {
    const process = startProcess();
    const id = await process.create({ files: [...someFiles(3), ...someFiles(3, { lane: 'b' })] });
    process.world.queues.drop(`p${id}-b`);
    await process.reserve(id, { worker: 'w', lanes: ['b'] });
    await process.world.clock.sleep(1_000);
    await process.sweep();
    const generations = (lane: string) =>
      process.world.queues.ticketsOf(`p${id}-${lane}`).map(({ generation }) => generation);
    expect(generations('b')).toEqual([2, 2, 2]);
    expect(generations('default')).toEqual([1, 1, 1]);
  });

  test('are not looked for where all is well, however long nobody comes', async () => {
    const process = startProcess();
    await process.create({ files: someFiles(5) });
    await process.world.clock.sleep(DAY);
    const before = process.home.calls.length;
    await process.sweep();
    expect(process.home.calls.slice(before)).not.toContain('tickets.send');
  });

  test('are not taken for lost when their files are none for those who ask', async () => {
    const process = startProcess();
    const files = someFiles(100).map(file => ({
      ...file,
      replicas: [{ url: 'https://x/y', site: 'closed' }],
    }));
    const id = await process.create({ files });
    await process.putSites({ unavailable: ['closed'] });
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await process.sweep();
      for (let polls = 0; polls < 6; polls += 1) {
        await process.reserve(id, { worker: 'w' });
        await process.world.clock.sleep(MINUTE / 6);
      }
    }
    expect(process.world.queues.ticketsOf(`p${id}-default`)).toHaveLength(100);
  });

  test('are found by one process that starves though another one does not', async () => {
    const world = new MemoryWorld();
    const [busy, starving] = [startProcess({ world }), startProcess({ world })];
    const id = await busy.create({ files: [...someFiles(90), ...someFiles(1, { lane: 'b' })] });
    world.queues.drop(`p${id}-b`);
    for (let seconds = 0; seconds < 180; seconds += 5) {
      await starving.reserve(id, { worker: 'v', lanes: ['b'] });
      await world.clock.sleep(2_500);
      await busy.reserve(id, { worker: 'w', lanes: ['default'] });
      await world.clock.sleep(2_500);
    }
    await busy.sweep();
    expect((await starving.reserve(id, { worker: 'v', lanes: ['b'] })).status).toBe('reserved');
  });
});

describe('projects that never came to be', () => {
  test('a manifest that is not uploaded in two days is not coming: its project is removed', async () => {
    const process = startProcess();
    const id = await process.create({ manifest: {} });
    await process.world.clock.sleep(2 * DAY);
    await process.sweep();
    expect((await process.show(id)).state).toBe('loading');
    await process.world.clock.sleep(1);
    await process.sweep();
    await expect(process.show(id)).rejects.toMatchObject({ code: 'project_unknown' });
  });

  test('a project whose inline files are still being written is left alone', async () => {
    const world = new MemoryWorld();
    const other = startProcess({ world });
    const process = startProcess({
      world,
      async onCall() {
        await world.clock.sleep(10_000);
        await other.sweep();
        return undefined;
      },
    });
    const id = await process.create({ files: someFiles(10) });
    expect((await process.show(id)).state).toBe('active');
  });

  test('the owner of a refused project can be told why for two days', async () => {
    const process = startProcess();
    const id = await process.create({ manifest: {} });
    process.world.bytes.set(`manifests/${id}`, new TextEncoder().encode('{"name":"a","replicas":[]}'));
    await process.load(id);
    await process.runJobs();
    await process.world.clock.sleep(2 * DAY);
    await process.sweep();
    await expect(process.show(id)).rejects.toMatchObject({ code: 'manifest_invalid' });
    await process.world.clock.sleep(1);
    await process.sweep();
    await expect(process.show(id)).rejects.toMatchObject({ code: 'project_unknown' });
  });
});

test('what one project fails at does not keep the sweep from the next one', async () => {
  const world = new MemoryWorld();
  const witness = new Witness(world);
  const process = startProcess({ world });
  const first = await process.create({ files: someFiles(1), leaseSeconds: 60 });
  const second = await process.create({ files: someFiles(1), leaseSeconds: 60 });
  for (const id of [first, second]) await take(process, id, 1);
  await world.clock.sleep(MINUTE);
  let puts = 0;
  const troubled = startProcess({
    world,
    onCall({ name }) {
      if (name === 'store.put') puts += 1;
      return puts === 1 && name === 'store.put' ? 'unavailable' : undefined;
    },
  });
  await troubled.sweep();
  expect(troubled.home.warnings).toHaveLength(1);
  expect(witness.counts(first).reserved).toBe(1);
  expect(witness.counts(second).ready).toBe(1);
});
