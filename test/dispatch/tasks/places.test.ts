import { expect, test } from 'vitest';
import { MemoryWorld } from '../../support/memory/world.ts';
import type { PortCall } from '../../support/memory-home.ts';
import { startTasks, takeOne, tasksIn } from './support.ts';
import { TaskWitness } from './witness.ts';

const ask = { worker: 'w', queues: ['q'] };

/** Two tasks on a queue of which one may run. */
async function oneOfTwo() {
  const world = new MemoryWorld();
  const witness = new TaskWitness(world, 1);
  const process = startTasks({ world });
  await process.queue('q', { concurrency: 1, leaseSeconds: 60 });
  await process.submitMany({ tasks: [1, 2].map(() => ({ name: 'n', queue: 'q' })) });
  return { world, witness, process };
}

test('who is held up between its place and its lease for longer than the lease does not run a task too many', async () => {
  const { world, witness, process } = await oneOfTwo();
  let puts = 0;
  const slow = startTasks({
    world,
    async onCall({ name }: PortCall) {
      if (name === 'store.put') puts += 1;
      // The first write takes the place, the second one would be the lease.
      if (name !== 'store.put' || puts !== 2) return undefined;
      await world.clock.sleep(61_000);
      expect(tasksIn(await process.reserve(ask))).toHaveLength(1);
      return undefined;
    },
  });
  expect(tasksIn(await slow.reserve(ask))).toEqual([]);
  expect(witness.broken).toEqual([]);
});

test('a place whose process died before the lease was written is free after the time of a lease', async () => {
  const { world, witness, process } = await oneOfTwo();
  let puts = 0;
  const dying = startTasks({
    world,
    onCall({ name }) {
      if (name === 'store.put') puts += 1;
      return name === 'store.put' && puts === 2 ? 'crash' : undefined;
    },
  });
  await expect(dying.reserve(ask)).rejects.toThrow();
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  await world.clock.sleep(61_000);
  expect(tasksIn(await process.reserve(ask))).toHaveLength(1);
  expect(witness.broken).toEqual([]);
});

test('a task that is heard of keeps its place past the time at which that is looked at', async () => {
  const { world, process } = await oneOfTwo();
  const token = await takeOne(process);
  await world.clock.sleep(50_000);
  await process.heartbeat({ tokens: [token] });
  await world.clock.sleep(50_000);
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  await process.end({ token, outcome: 'succeeded' });
  expect(tasksIn(await process.reserve(ask))).toHaveLength(1);
});
