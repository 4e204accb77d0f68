import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryWorld } from '../../support/memory/world.ts';
import { FAULTS, type Fault } from '../../support/memory-home.ts';
import { startTasks, type TaskProcess, takeOne } from './support.ts';

async function startHeld(world = new MemoryWorld(), settings: Parameters<TaskProcess['queue']>[1] = {}) {
  const process = startTasks({ world });
  await process.queue('q', settings);
  await process.submit({ name: 'n', queue: 'q' });
  return { world, process, token: await takeOne(process) };
}

/** The whole log, in pages of at most `limit` bytes. */
async function whole(process: TaskProcess, limit?: number): Promise<string> {
  let text = '';
  for (let after: string | undefined; ; ) {
    const page = await process.readLog('q-1', { after, limit });
    text += page.text;
    after = page.next;
    if (!page.more) return text;
  }
}

const line = (n: number, length: number) => `${String(n).padStart(Math.max(1, length - 1), '.')}\n`;

/** Batches of lines that fill items, close chunks and need files. */
const BATCHES = [[100], [3000], [3000], [50, 50], [9000], [20], [4000, 4000], [5000], [1]].map((lengths, n) =>
  lengths.map((length, m) => line(n * 10 + m, length)).join(''),
);

async function write(process: TaskProcess, token: string, batches: readonly string[]): Promise<void> {
  let from = 0;
  for (const text of batches) {
    await process.log({ token, text, from });
    from += Buffer.byteLength(text);
  }
}

describe('the log of a task', () => {
  test('is read as it was written, in pages of any size', async () => {
    const { process, token } = await startHeld();
    await write(process, token, BATCHES);
    const all = BATCHES.join('');
    expect(await whole(process)).toBe(all);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 20_000 }), async limit => {
        expect(await whole(process, limit)).toBe(all);
      }),
      { numRuns: 20 },
    );
  });

  test('is followed while it grows, whatever becomes of its chunks', async () => {
    const { process, token } = await startHeld();
    let text = '';
    let after: string | undefined;
    let from = 0;
    for (const batch of BATCHES) {
      await process.log({ token, text: batch, from });
      from += Buffer.byteLength(batch);
      const page = await process.readLog('q-1', { after });
      expect(page).toMatchObject({ text: batch, more: false, ended: false });
      text += page.text;
      after = page.next;
    }
    expect(text).toBe(BATCHES.join(''));
    expect(await process.readLog('q-1', { after })).toMatchObject({ text: '', next: after });
    await process.end({ token, outcome: 'succeeded' });
    expect(await process.readLog('q-1', { after })).toMatchObject({ text: '', more: false, ended: true });
  });

  test('cuts no character in two, where a line is longer than a page', async () => {
    const { process, token } = await startHeld();
    const text = `${'é€😀'.repeat(50)}\n`;
    await process.log({ token, text });
    for (const limit of [4, 5, 6, 7, 100]) expect(await whole(process, limit)).toBe(text);
  });

  test('has its newest lines in the document of its task, though a chunk was begun just now', async () => {
    const { process, token } = await startHeld();
    expect((await process.show('q-1')).log).toBeUndefined();
    for (const lines of [1, 50, 1, 30, 90, 1, 1, 200, 1]) {
      await process.log({ token, text: line(7, 100).repeat(lines) });
      const { bytes, tail = '' } = (await process.show('q-1')).log ?? {};
      const all = await whole(process);
      expect(bytes).toBe(all.length);
      expect(all.endsWith(tail)).toBe(true);
      expect(tail.length).toBe(Math.min(all.length, 4000));
    }
  });

  test.each(FAULTS)('keeps each line once and in order, when %s befalls any one step', async fault => {
    const steps = await countedSteps();
    for (let at = 1; at <= steps; at += 1)
      expect(await afterFault(fault, at), `at ${at}`).toBe(BATCHES.join(''));
  });

  test('keeps all that two say at once who take each other for gone', async () => {
    const { world, process, token } = await startHeld();
    const other = startTasks({ world });
    const slow = startTasks({
      world,
      async onCall({ name, number }) {
        // Between what it reads and what it writes the same comes by another way.
        if (name === 'store.put' && number > 1) await write(other, token, BATCHES.slice(0, 5));
        return undefined;
      },
    });
    await write(slow, token, BATCHES.slice(0, 5));
    expect(await whole(process)).toBe(BATCHES.slice(0, 5).join(''));
  });

  test('is not over where a part of it was not seen that was written just now', async () => {
    const { world, process, token } = await startHeld();
    await write(process, token, BATCHES);
    const key = { partition: 'task-logs/q/1', sort: '000000001' };
    const item = world.items.get(key);
    if (!item) throw new Error('there is no such part');
    world.items.remove([key]);
    const seen = await process.readLog('q-1');
    expect(seen).toMatchObject({ more: true });
    world.items.put(key, item.value, 0);
    let text = seen.text;
    for (let page = seen; page.more; text += page.text)
      page = await process.readLog('q-1', { after: page.next });
    expect(text).toBe(BATCHES.join(''));
  });

  test('of an attempt that was taken away is closed', async () => {
    const { world, process, token } = await startHeld(new MemoryWorld(), { leaseSeconds: 60 });
    await process.log({ token, text: 'one\n' });
    await world.clock.sleep(61_000);
    const second = await takeOne(process);
    await expect(process.log({ token, text: 'late\n' })).rejects.toMatchObject({ code: 'lease_expired' });
    await process.log({ token: second, text: 'two\n' });
    expect(await whole(process)).toMatch(/^one\n=== attempt 2 by w, .*\ntwo\n$/);
  });

  test('tells its worker of a cancel', async () => {
    const { process, token } = await startHeld();
    expect(await process.log({ token, text: 'one\n' })).toMatchObject({ cancelled: false });
    await process.cancel('q-1');
    expect(await process.log({ token, text: 'two\n' })).toMatchObject({ cancelled: true });
  });

  test('goes with its task, and what of it was written for nothing, too', async () => {
    const world = new MemoryWorld();
    const { process, token } = await startHeld(world);
    const cutOff = startTasks({
      world,
      onCall: ({ name }) => (name === 'files.write' ? 'crash after' : undefined),
    });
    await process.log({ token, text: 'one\n' });
    await expect(cutOff.log({ token, text: line(1, 9000) })).rejects.toThrow();
    await write(process, token, BATCHES);
    await process.end({ token, outcome: 'succeeded' });
    expect(world.bytes.size).toBeGreaterThan(1);
    await process.delete('q-1');
    expect(world.bytes.size).toBe(0);
    expect(world.items.partitions().filter(name => name.startsWith('task-logs'))).toEqual([]);
  });
});

/** The calls that writing all batches makes. */
async function countedSteps(): Promise<number> {
  const { world, token } = await startHeld();
  const process = startTasks({ world });
  await write(process, token, BATCHES);
  return process.home.calls.length;
}

/** The log, when something goes wrong once, and whoever did not hear an answer asks another process. */
async function afterFault(fault: Fault, at: number): Promise<string> {
  const { world, token, process } = await startHeld();
  const troubled = startTasks({ world, onCall: ({ number }) => (number === at ? fault : undefined) });
  let from = 0;
  for (const text of BATCHES) {
    await troubled.log({ token, text, from }).catch(async () => {
      // Whoever reads now sees nothing twice.
      expect(BATCHES.join('').startsWith(await whole(process))).toBe(true);
      return process.log({ token, text, from });
    });
    from += Buffer.byteLength(text);
  }
  return whole(process);
}
