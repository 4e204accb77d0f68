import { expect, test } from 'vitest';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { Crash } from '../support/memory-home.ts';
import { finish } from './finish.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const FILES = 4;

async function work(process: Process, id: number): Promise<void> {
  for (;;) {
    const tokens = tokensOf(await process.reserve(id, { worker: 'w', count: FILES }));
    if (tokens.length === 0) return;
    await process.done(id, { done: tokens });
  }
}

/** A project of four blocks of a file each, all done. */
async function finished() {
  const world = new MemoryWorld();
  const witness = new Witness(world);
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(FILES) });
  await work(process, id);
  return { world, witness, process, id };
}

/** A process that dies after it has written some blocks. */
function dyingAfter(blocks: number, world: MemoryWorld, witness: Witness, id: number): Process {
  const isWritten = () => witness.counts(id).ready === blocks;
  return startProcess({ world, onCall: () => (isWritten() ? 'crash' : undefined) });
}

test('a restart that was cut off is finished by the sweep, and what was done meanwhile stays done', async () => {
  const { world, witness, process, id } = await finished();
  const dying = dyingAfter(2, world, witness, id);
  await expect(dying.restart(id, { states: ['done'] })).rejects.toThrow(Crash);
  await work(process, id);
  expect(witness.counts(id)).toMatchObject({ done: FILES });
  expect((await process.show(id)).state).toBe('active');
  await process.sweep();
  await process.runJobs();
  expect(witness.counts(id)).toMatchObject({ ready: 2, done: 2 });
  await work(process, id);
  expect((await process.show(id)).state).toBe('done');
  expect(witness.broken).toEqual([]);
});

test('a restart that was cut off and cancelled is finished by the sweep too, so that it can be activated', async () => {
  const { world, witness, process, id } = await finished();
  await expect(dyingAfter(2, world, witness, id).restart(id, { states: ['done'] })).rejects.toThrow(Crash);
  await process.cancel(id);
  await process.sweep();
  await process.runJobs();
  expect((await process.activate(id)).counts).toMatchObject({ ready: FILES });
  await work(process, id);
  expect((await process.show(id)).state).toBe('done');
});

test('a second restart is refused while the first one is under way', async () => {
  const { world, witness, process, id } = await finished();
  await expect(dyingAfter(2, world, witness, id).restart(id, { states: ['done'] })).rejects.toThrow(Crash);
  await expect(process.restart(id, { dids: ['f3'] })).rejects.toMatchObject({ code: 'busy' });
});

test('a process that ends a restart which another one has finished ends no later restart', async () => {
  const { world, witness, process, id } = await finished();
  let isHeldUp = false;
  const slow = startProcess({
    world,
    async onCall() {
      if (isHeldUp || witness.counts(id).ready < 1) return undefined;
      isHeldUp = true;
      await process.sweep();
      await process.runJobs();
      await work(process, id);
      await expect(dyingAfter(1, world, witness, id).restart(id, { states: ['done'] })).rejects.toThrow(
        Crash,
      );
      return undefined;
    },
  });
  await slow.restart(id, { states: ['done'] });
  expect(witness.record(id)).toMatchObject({ restarts: 2, restarting: { states: ['done'] } });
  await process.sweep();
  await process.runJobs();
  expect(witness.counts(id)).toMatchObject({ ready: FILES });
  expect(witness.broken).toEqual([]);
});

test('what a worker held is void after a restart, and its report says so', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2) });
  const [old = ''] = tokensOf(await process.reserve(id, { worker: 'w' }));
  await process.restart(id, { states: ['reserved'] });
  await expect(process.done(id, { done: [old] })).rejects.toMatchObject({ code: 'overtaken' });
  expect((await process.heartbeat(id, { worker: 'w', tokens: [old] })).lost).toEqual([old]);
  expect((await process.show(id)).counts).toMatchObject({ ready: 2 });
});

test('restarted files have all their attempts before them', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(1), maxAttempts: 2, retryBackoffSeconds: 0 });
  const fail = async () => {
    const tokens = tokensOf(await process.reserve(id, { worker: 'w' }));
    await process.failed(id, { failed: tokens.map(token => ({ token })) });
  };
  await fail();
  await fail();
  expect((await process.show(id)).state).toBe('failed');
  await process.restart(id, { states: ['failed'] });
  await fail();
  expect(await process.file(id, { did: 'f0' })).toMatchObject({ state: 'ready', attempts: 1 });
});

test('a second run of a restart changes nothing any more once the first one has ended it', async () => {
  const world = new MemoryWorld();
  const witness = new Witness(world);
  const worker = startProcess({ world });
  const id = await worker.create({ files: someFiles(2) });
  const [first = '', second = ''] = tokensOf(await worker.reserve(id, { worker: 'w', count: 2 }));
  await worker.done(id, { done: [first] });

  // The first run has gone over all files when the second one is done: it is none of the done ones that were asked for.
  const late = heldUp(world, () => witness.counts(id).done === 1 && witness.counts(id).ready === 1);
  const early = heldUp(world, () => witness.counts(id).ready === 1);
  const restarting = early.process.restart(id, { states: ['done'] });
  await early.isHeldUp;
  await worker.done(id, { done: [second] });
  await late.process.sweep();
  const restartingToo = late.process.runJobs();
  await late.isHeldUp;
  early.goOn();
  await restarting;
  await work(worker, id);
  late.goOn();
  await restartingToo;

  await work(worker, id);
  expect(witness.broken).toEqual([]);
  expect((await startProcess({ world }).show(id)).state).toBe('done');
});

test('a closing that was still to be recorded when its block was opened again is not taken for the new one', async () => {
  const world = new MemoryWorld();
  const witness = new Witness(world);
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1), leaseSeconds: 60, onLeaseExpiry: 'fail' });
  const tokens = tokensOf(await process.reserve(id, { worker: 'w' }));
  const late = heldUp(world, () => witness.counts(id).done === 1);
  const reporting = late.process.done(id, { done: tokens });
  await late.isHeldUp;
  await process.restart(id, { states: ['done'] });
  late.goOn();
  await reporting;

  await process.reserve(id, { worker: 'w' });
  await world.clock.sleep(60_000);
  await process.sweep();
  expect((await startProcess({ world }).show(id)).state).toBe('failed');
});

test('a second run of a restart that is overtaken anywhere, and then dies, keeps no project from its end', async () => {
  for (let heldAt = 1, isOver = false; !isOver; heldAt += 1)
    for (const callsLeft of [1, 2, 3]) {
      const { world, witness, process, id } = await finished();
      let calls = 0;
      const slow = startProcess({
        world,
        async onCall() {
          calls += 1;
          if (calls === heldAt) {
            await process.sweep();
            await process.runJobs();
            await process
              .done(id, { done: tokensOf(await process.reserve(id, { worker: 'w' })) })
              .catch(() => {});
          }
          return calls === heldAt + callsLeft ? 'crash' : undefined;
        },
      });
      await slow.restart(id, { states: ['done'] }).catch(() => {});
      isOver = calls < heldAt;
      await finish(world, witness, true);
    }
});

/** A process that waits before the first write that it would make when something is so. */
function heldUp(world: MemoryWorld, isSo: () => boolean) {
  const arrival = Promise.withResolvers<void>();
  const departure = Promise.withResolvers<void>();
  const process = startProcess({
    world,
    async onCall({ name }) {
      if (name !== 'store.put' || !isSo()) return undefined;
      arrival.resolve();
      await departure.promise;
      return undefined;
    },
  });
  return { process, isHeldUp: arrival.promise, goOn: () => departure.resolve() };
}
