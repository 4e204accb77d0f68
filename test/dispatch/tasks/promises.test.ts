import { expect, test } from 'vitest';
import { endTask } from '../../../lib/dispatch/tasks/end-task.ts';
import { MemoryWorld, type WorldOptions } from '../../support/memory/world.ts';
import { startTasks, takeOne, tasksIn } from './support.ts';

const ask = { worker: 'w', queues: ['q'] };

async function startQueue(layout: WorldOptions['layout'] = {}) {
  const world = new MemoryWorld({ layout });
  const process = startTasks({ world });
  await process.queue('q');
  return { world, process };
}

test('a part of a cancelled task is not begun, though the cancel never came to it', async () => {
  const { world, process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q', delaySeconds: 600 });
  await process.submit({ name: 'n', queue: 'q', parent: 'q-1' });
  let puts = 0;
  const dying = startTasks({
    world,
    onCall({ name }) {
      if (name === 'store.put') puts += 1;
      return name === 'store.put' && puts === 1 ? 'crash after' : undefined;
    },
  });
  await expect(dying.cancel('q-1')).rejects.toThrow();
  expect(await process.show('q-2')).toMatchObject({ state: 'queued' });
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  expect(await process.show('q-2')).toMatchObject({ state: 'cancelled', reason: 'parent_cancelled' });
});

test('a task that was to be a part, and was then submitted as none, is not cancelled with the other', async () => {
  const { world, process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q', delaySeconds: 600 });
  const dying = startTasks({ world, onCall: ({ name }) => (name === 'tickets.send' ? 'crash' : undefined) });
  const task = { name: 'n', queue: 'q', dedupKey: 'k' };
  await expect(dying.submit({ ...task, parent: 'q-1' })).rejects.toThrow();
  expect(await process.submit(task)).toMatchObject({ id: 'q-2' });
  expect((await process.list({ parent: 'q-1' })).tasks).toEqual([]);
  await process.cancel('q-1');
  expect(await process.show('q-2')).toMatchObject({ state: 'queued' });
});

test('a part whose worker fell silent is not begun again once its whole was cancelled', async () => {
  const { world, process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q', delaySeconds: 3_600 });
  await process.submit({ name: 'n', queue: 'q', parent: 'q-1' });
  await takeOne(process);
  await process.cancel('q-1');
  await world.clock.sleep(301_000);
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  expect(await process.show('q-2')).toMatchObject({ state: 'cancelled', reason: 'parent_cancelled' });
});

test('a copy of an update that comes after later ones changes nothing', async () => {
  const { process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q' });
  const token = await takeOne(process);
  const tell = (n: number) =>
    process.update({ token, event: { n }, checkpoint: { n }, requestId: `a request with a long name ${n}` });
  for (const n of [1, 2, 3]) await tell(n);
  await tell(1);
  const { history, checkpoint } = await process.show('q-1');
  expect(history.map(({ event }) => event)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(checkpoint).toEqual({ n: 3 });
});

test('numbers that a process took and did not use for a minute are never used', async () => {
  const { world, process } = await startQueue({ taskNumbers: 16 });
  const submit = async () => (await process.submit({ name: 'n', queue: 'q' })).id;
  expect([await submit(), await submit()]).toEqual(['q-1', 'q-2']);
  await world.clock.sleep(61_000);
  expect([await submit(), await submit()]).toEqual(['q-17', 'q-18']);
});

test('what is deleted leaves nothing, once nobody can be at work on it any more', async () => {
  const { world, process } = await startQueue();
  const before = world.items.partitions();
  await process.submit({ name: 'n', queue: 'q', dedupKey: 'k' });
  await process.cancel('q-1');
  await process.delete('q-1');
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  await expect(process.show('q-1')).rejects.toThrow('there is no task q-1');
  expect((await process.list({ queue: 'q' })).tasks).toEqual([]);
  expect(await process.counts('q')).toMatchObject({ cancelled: 0 });

  await world.clock.sleep(299_000);
  await process.sweep();
  expect(world.items.partitions()).toContain('tasks/q/0');
  await world.clock.sleep(1_000);
  await process.sweep();

  const left = world.items.partitions().filter(partition => !before.includes(partition));
  expect(left).toEqual(['counters', 't-q/activity', 'task-groups/q']);
});

test('a key is free again once its task is deleted, and the number of that is not used for another', async () => {
  const { world, process } = await startQueue();
  const one = { name: 'n', queue: 'q', dedupKey: 'k' };
  await process.submit(one);
  await process.cancel('q-1');
  let steps = 0;
  const slow = startTasks({
    world,
    async onCall({ name }) {
      steps += 1;
      // It has read the key, and not yet looked for the task.
      if (name === 'store.get' && steps === 2) await process.delete('q-1');
      return undefined;
    },
  });
  await slow.context.queues.all();
  steps = 0;
  expect(await slow.submit(one)).toMatchObject({ id: 'q-2', state: 'queued' });
  expect(await process.submit(one)).toMatchObject({ id: 'q-2' });
});

test('an event that could not be sent is sent by the sweep, before those that follow', async () => {
  const { world, process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q', replyTo: 'memory:', priority: 'high', correlationId: 'c1' });
  const troubled = startTasks({
    world,
    onCall: ({ name }) => (name === 'outbound.send' ? 'unavailable' : undefined),
  });
  const token = await takeOne(troubled);
  await troubled.update({ token });
  expect(troubled.home.warnings).toHaveLength(1);
  await troubled.end({ token, outcome: 'succeeded', result: { ok: true } });
  expect(world.sent).toEqual([]);
  await world.clock.sleep(60_000);
  await process.sweep();
  expect(world.sent).toMatchObject([
    { id: 'q-1.1.started', event: 'started', task: 'q-1', worker: 'w', correlationId: 'c1' },
    { id: 'q-1.2.completed', event: 'completed', result: { ok: true }, correlationId: 'c1' },
  ]);
  await process.sweep();
  expect(world.sent).toHaveLength(2);
});

test('a task whose events cannot be sent where it wants them is refused', async () => {
  const { process } = await startQueue();
  await expect(process.submit({ name: 'n', queue: 'q', replyTo: 'lost:x' })).rejects.toThrow(
    'replyTo: nothing can be sent to lost:x',
  );
});

test('a task under an old number is looked after, though all others of its group are over', async () => {
  const { world, process } = await startQueue({ taskNumbers: 16 });
  await process.submit({ name: 'n', queue: 'q' });
  const other = startTasks({ world });
  await other.submitMany({ tasks: Array.from({ length: 80 }, () => ({ name: 'n', queue: 'q' })) });
  const { tasks } = await process.list({ queue: 'q', limit: 1000 });
  for (const { id } of tasks) await process.cancel(id);
  await process.sweep();
  await world.clock.sleep(59_000);
  await process.sweep();

  expect(await process.submit({ name: 'n', queue: 'q' })).toMatchObject({ id: 'q-2' });

  expect(await process.counts('q')).toMatchObject({ cancelled: 81, queued: 1 });
});

test('whoever makes the second task of a key is answered with the first one, also where both are made at once', async () => {
  const { world, process } = await startQueue();
  const one = { name: 'n', queue: 'q', dedupKey: 'k' };
  const slow = startTasks({
    world,
    async onCall({ name }) {
      if (name === 'tickets.send') await process.submit({ ...one, title: 'first' });
      return undefined;
    },
  });
  expect(await slow.submit({ ...one, title: 'second' })).toMatchObject({ id: 'q-1', title: 'first' });
});

const heard = { name: 'n', queue: 'q', replyTo: 'memory:' };
const told = (world: MemoryWorld) => world.sent.map(({ event, attempt }) => `${attempt} ${event}`);

test('an attempt has started once its worker tells something, or says how it ended; once, also when it was given back', async () => {
  const { world, process } = await startQueue();
  await process.submit(heard);
  const first = await takeOne(process);
  await process.heartbeat({ tokens: [first] });
  expect(told(world)).toEqual([]);
  await process.update({ token: first });
  await process.update({ token: first, status: 'on it' });
  expect(told(world)).toEqual(['1 started']);
  await process.end({ token: first, outcome: 'released' });
  await process.end({ token: await takeOne(process), outcome: 'succeeded' });
  expect(told(world)).toEqual(['1 started', '1 completed']);
  await process.submit(heard);
  await process.end({ token: await takeOne(process), outcome: 'succeeded' });
  expect(told(world).slice(2)).toEqual(['1 started', '1 completed']);
});

test('an attempt that was refused before it began makes one event: failed', async () => {
  const { world, process } = await startQueue();
  await process.submit(heard);
  const end = {
    ...({ outcome: 'failed', retry: false, begun: false } as const),
    error: { message: 'no cart' },
  };
  const token = await takeOne(process);
  expect(await process.end({ token, ...end })).toMatchObject({ state: 'failed', repeated: false });
  expect(await process.end({ token, ...end })).toMatchObject({ repeated: true });
  expect(world.sent).toMatchObject([{ id: 'q-1.1.failed', event: 'failed', error: { message: 'no cart' } }]);
});

test('what befalls a task again has another id', async () => {
  const { world, process } = await startQueue();
  await process.submit(heard);
  for (let times = 0; times < 2; times += 1) {
    await process.cancel('q-1');
    await process.retry('q-1');
  }
  expect(world.sent.map(({ id }) => id)).toEqual(['q-1.1.cancelled', 'q-1.2.cancelled']);
});

test('events of a task are in the order of their times, also where a clock was set back', async () => {
  const { world, process } = await startQueue();
  await process.submit(heard);
  const token = await takeOne(process);
  await process.update({ token });
  const { context } = startTasks({ world });
  const clock = { ...context.clock, now: () => world.clock.now() - 5_000 };
  const admin = { caller: { user: 'ann', roles: [], admin: true } };
  await endTask({ ...context, clock }, admin, { token, outcome: 'succeeded' });
  const [started, completed] = world.sent.map(({ at }) => Number(at));
  expect(completed).toBe((started ?? 0) + 1);
});

test('a task that nobody hears of says nothing of it, and its worker is not asked to', async () => {
  const { process } = await startQueue();
  await process.submit(heard);
  await process.submit({ name: 'n', queue: 'q' });
  const held = tasksIn(await process.reserve({ ...ask, count: 2 }));
  expect(held.map(({ isHeard }) => isHeard)).toEqual([true, undefined]);
});

test('a ticket that is delivered again, whenever that is, does not have a task run that has ended', async () => {
  const { world, process } = await startQueue();
  await process.submit({ name: 'n', queue: 'q' });
  const token = await takeOne(process);
  const again = () => process.home.tickets.send('t-q-normal', [{ block: 1, generation: 1, visibleAt: 0 }]);
  await again();
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  await process.end({ token, outcome: 'succeeded' });
  await again();
  expect(tasksIn(await process.reserve(ask))).toEqual([]);
  await world.clock.sleep(600_000);
  await again();
  expect(tasksIn(await startTasks({ world }).reserve(ask))).toEqual([]);
  expect(await process.show('q-1')).toMatchObject({ state: 'succeeded', attempt: 1 });
});
