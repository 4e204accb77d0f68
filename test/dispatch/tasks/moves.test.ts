import { describe, expect, test } from 'vitest';
import { MemoryWorld } from '../../support/memory/world.ts';
import { startTasks } from './support.ts';

async function setup(world = new MemoryWorld()) {
  const process = startTasks({ world });
  await process.queue('q');
  await process.submit({ name: 'run', queue: 'q' });
  return process;
}

describe('a late copy of what moved a task', () => {
  test('that was cancelled and retried does not cancel it, nor its parts', async () => {
    const process = await setup();
    await process.cancel('q-1', 'c1');
    await process.retry('q-1', 'r1');
    await process.submit({ name: 'part', queue: 'q', parent: 'q-1' });
    expect(await process.cancel('q-1', 'c1')).toMatchObject({ state: 'queued' });
    expect(await process.show('q-1')).toMatchObject({ state: 'queued' });
    expect(await process.show('q-2')).toMatchObject({ state: 'queued' });
    expect(await process.cancel('q-1', 'c2')).toMatchObject({ state: 'cancelled' });
    expect(await process.show('q-2')).toMatchObject({ state: 'cancelled' });
  });

  test('that was retried and cancelled does not queue it', async () => {
    const process = await setup();
    await process.cancel('q-1', 'c1');
    await process.retry('q-1', 'r1');
    await process.cancel('q-1', 'c2');
    expect(await process.retry('q-1', 'r1')).toMatchObject({ state: 'cancelled' });
    expect(await process.show('q-1')).toMatchObject({ state: 'cancelled' });
    expect(await process.counts('q')).toMatchObject({ cancelled: 1, queued: 0 });
    expect(await process.retry('q-1', 'r2')).toMatchObject({ state: 'queued' });
  });

  test('of a cancel that was cut off goes on with the parts', async () => {
    let cutOffs = 0;
    for (let at = 1; at < 20; at += 1) {
      const world = new MemoryWorld();
      const process = await setup(world);
      await process.submit({ name: 'part', queue: 'q', parent: 'q-1' });
      let calls = 0;
      const dying = startTasks({
        world,
        onCall: () => {
          calls += 1;
          return calls === at ? 'crash' : undefined;
        },
      });
      await dying.cancel('q-1', 'c1').catch(() => {
        cutOffs += 1;
      });
      expect(await process.cancel('q-1', 'c1')).toMatchObject({ state: 'cancelled' });
      expect(await process.show('q-2')).toMatchObject({ state: 'cancelled' });
    }
    expect(cutOffs).toBeGreaterThan(3);
  });
});
