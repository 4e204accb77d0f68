import { expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { Crash } from '../support/memory-home.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

/** As many as one node of the tree of closings has children, and some more. */
const BLOCKS = 70;

async function take(process: Process, id: number, count: number): Promise<string[]> {
  return tokensOf(await process.reserve(id, { worker: 'w', count }));
}

test('a project is done with the report of its last file, and says when', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(3) });
  const [last = '', ...others] = await take(process, id, 3);
  await process.done(id, { done: others });
  expect(await process.show(id)).toMatchObject({ state: 'active', endedAt: null });
  await process.world.clock.sleep(5_000);
  await process.done(id, { done: [last] });
  const endedAt = process.world.clock.now();
  expect(await process.show(id)).toMatchObject({ state: 'done', endedAt, counts: { done: 3 } });
});

test('a project of which a file failed ends as failed', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2) });
  const [failed = '', done = ''] = await take(process, id, 2);
  await process.failed(id, { failed: [{ token: failed, retry: false }] });
  await process.done(id, { done: [done] });
  expect(await process.show(id)).toMatchObject({ state: 'failed', counts: { done: 1, failed: 1 } });
});

test('a project of many blocks ends with the last of them, whichever it is', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(BLOCKS) });
  const tokens: string[] = [];
  while (tokens.length < BLOCKS) tokens.push(...(await take(process, id, 32)));
  await process.done(id, { done: tokens.slice(1) });
  expect((await process.show(id)).state).toBe('active');
  await process.done(id, { done: tokens.slice(0, 1) });
  expect((await process.show(id)).state).toBe('done');
});

test('the end of a block that is not the last costs no look at the others, also after a restart', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(BLOCKS) });
  for (let files = 0; files < BLOCKS; files += 10)
    await process.done(id, { done: await take(process, id, 10) });
  await process.restart(id, { states: ['done'] });
  const tokens = await take(process, id, 10);
  const before = process.home.calls.length;
  await process.done(id, { done: tokens });
  expect(process.home.calls.slice(before)).not.toContain('store.list');
});

test('the counts of an ended project are kept, and those of a restarted one are counted again', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2) });
  await process.done(id, { done: await take(process, id, 2) });
  const before = process.home.calls.length;
  expect((await process.show(id)).counts).toEqual({ ready: 0, reserved: 0, done: 2, failed: 0 });
  expect(process.home.calls.slice(before)).not.toContain('store.list');
  await process.restart(id, { dids: ['f1'] });
  expect((await process.show(id)).counts).toEqual({ ready: 1, reserved: 0, done: 1, failed: 0 });
});

test('a project whose files were finished while it was cancelled ends when it is activated', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2) });
  const tokens = await take(process, id, 2);
  await process.cancel(id);
  const before = process.home.calls.length;
  await process.done(id, { done: tokens });
  expect(process.home.calls.slice(before)).not.toContain('store.list');
  expect((await process.show(id)).state).toBe('cancelled');
  expect((await process.activate(id)).state).toBe('done');
});

test('an abandoned project whose last files are reported is done', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(1), idleSeconds: 60, leaseSeconds: null });
  const tokens = await take(process, id, 1);
  await process.world.clock.sleep(61_000);
  await process.sweep();
  await process.done(id, { done: tokens });
  expect((await process.show(id)).state).toBe('done');
});

test('a last report that comes during a restart ends the project with the restart', async () => {
  const world = new MemoryWorld();
  const worker = startProcess({ world });
  const id = await worker.create({ files: someFiles(2) });
  const [failed = '', held = ''] = await take(worker, id, 2);
  await worker.failed(id, { failed: [{ token: failed, retry: false }] });
  let wasWorkedOn = false;
  const owner = startProcess({
    world,
    async onCall() {
      if (wasWorkedOn || (await worker.show(id)).counts.ready === 0) return undefined;
      wasWorkedOn = true;
      await worker.done(id, { done: [held, ...(await take(worker, id, 1))] });
      expect((await worker.show(id)).state).toBe('active');
      return undefined;
    },
  });
  expect((await owner.restart(id, { states: ['failed'] })).project.state).toBe('done');
});

test('an end that a crash left out is made good by the sweep, though nobody asks about the project', async () => {
  const world = new MemoryWorld();
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1) });
  const tokens = await take(process, id, 1);
  const dying = startProcess({
    world,
    onCall: ({ name }) => (name === 'store.put' ? 'crash after' : undefined),
  });
  await expect(dying.done(id, { done: tokens })).rejects.toThrow(Crash);
  expect((await process.show(id)).state).toBe('active');
  await process.sweep();
  expect((await process.show(id)).state).toBe('done');
});
