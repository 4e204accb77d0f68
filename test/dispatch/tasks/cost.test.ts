import { expect, test } from 'vitest';
import { MemoryWorld } from '../../support/memory/world.ts';
import { startTasks, type TaskProcess, takeOne } from './support.ts';

/** What one thing asks of the ports. */
async function cost(process: TaskProcess, act: () => Promise<unknown>): Promise<string[]> {
  const before = process.home.calls.length;
  await act();
  return process.home.calls.slice(before);
}

/** A process that has met its queue, and has numbers left: as one that is at work. */
async function atWork(settings: Parameters<TaskProcess['queue']>[1] = {}): Promise<TaskProcess> {
  const process = startTasks({ world: new MemoryWorld({ layout: { taskNumbers: 16 } }) });
  await process.queue('q', settings);
  await process.submit({ name: 'n', queue: 'q' });
  await process.end({ token: await takeOne(process), outcome: 'succeeded' });
  return process;
}

const submit = (process: TaskProcess) => process.submit({ name: 'n', queue: 'q', priority: 'high' });

test('a task costs a send and a put, then a receive, a get, a put and a hide, then a get, a put and a delete', async () => {
  const process = await atWork();
  expect(await cost(process, () => submit(process))).toEqual(['tickets.send', 'store.put']);
  let token = '';
  expect(
    await cost(process, async () => {
      token = await takeOne(process);
    }),
  ).toEqual(['tickets.receive', 'store.get', 'store.put', 'tickets.hide']);
  expect(await cost(process, () => process.update({ token, event: { n: 1 } }))).toEqual([
    'store.get',
    'store.put',
  ]);
  expect(await cost(process, () => process.heartbeat({ tokens: [token] }))).toEqual([
    'store.get',
    'store.put',
  ]);
  expect(await cost(process, () => process.end({ token, outcome: 'succeeded' }))).toEqual([
    ...['store.get', 'store.put', 'tickets.delete'],
  ]);
  expect(process.world.queues.names()).toEqual([]);
});

test('many tasks at once cost a send for all, and a put each', async () => {
  const process = await atWork();
  const tasks = Array.from({ length: 10 }, () => ({ name: 'n', queue: 'q' }));
  expect(await cost(process, () => process.submitMany({ tasks }))).toEqual([
    'tickets.send',
    ...tasks.map(() => 'store.put'),
  ]);
});

test('a limit of what runs at once costs a get and a put more at the start, after a look, and at the end', async () => {
  const process = await atWork({ concurrency: 5 });
  await submit(process);
  let token = '';
  expect(
    await cost(process, async () => {
      token = await takeOne(process);
    }),
  ).toEqual([
    ...['store.get', 'tickets.receive', 'store.get', 'store.get', 'store.put', 'store.put', 'tickets.hide'],
  ]);
  expect(await cost(process, () => process.update({ token, event: { n: 1 } }))).toEqual([
    'store.get',
    'store.put',
  ]);
  expect(await cost(process, () => process.end({ token, outcome: 'succeeded' }))).toEqual([
    ...['store.get', 'store.put', 'store.get', 'store.put', 'tickets.delete'],
  ]);
});

test('lines of a log cost two gets and a put, the first ones another put, and many at once a file', async () => {
  const process = await atWork();
  await submit(process);
  const token = await takeOne(process);
  const logged = (text: string) => cost(process, () => process.log({ token, text }));
  expect(await logged('one\n')).toEqual(['store.get', 'store.put', 'store.get', 'store.put']);
  expect(await logged('two\n')).toEqual(['store.get', 'store.get', 'store.put']);
  const many = 'line\n'.repeat(100_000);
  expect(await logged(many)).toEqual(['store.get', 'store.get', 'files.write', 'store.put']);
  // The chunk that is closed gets its copy.
  expect(await logged('three\n')).toEqual(['store.get', 'store.get', 'store.put', 'store.put']);
  expect(await cost(process, () => process.show('q-2'))).toEqual(['store.get', 'store.get', 'store.get']);
  expect(await cost(process, () => process.readLog('q-2'))).toEqual([
    ...['store.get', 'store.list', 'files.open'],
  ]);
});

test('what has no log pays for none: to be shown costs a get, and to be deleted looks for no file', async () => {
  const process = await atWork();
  expect(await cost(process, () => process.show('q-1'))).toEqual(['store.get']);
  expect(await cost(process, () => process.readLog('q-1'))).toEqual(['store.get']);
  expect(await cost(process, () => process.delete('q-1'))).not.toContain('files.remove');
});

test('a sweep of a queue costs nothing for what is over', async () => {
  const process = startTasks();
  await process.queue('q');
  await process.submitMany({ tasks: Array.from({ length: 200 }, () => ({ name: 'n', queue: 'q' })) });
  for (let number = 1; number <= 200; number += 1) await process.cancel(`q-${number}`);
  const minute = async () => {
    await process.world.clock.sleep(60_000);
    return cost(process, () => process.sweep());
  };
  for (let minutes = 0; minutes < 8; minutes += 1) await minute();
  expect(await process.counts('q')).toMatchObject({ cancelled: 200 });
  // Projects, queues, digests twice, the last group, into which more may come, workers, and where events go.
  expect((await minute()).filter(name => name === 'store.list')).toHaveLength(7);
  await process.retry('q-5');
  expect(await process.counts('q')).toMatchObject({ cancelled: 199, queued: 1 });
  const { tasks } = await process.list({ queue: 'q', state: 'queued' });
  expect(tasks.map(({ id }) => id)).toEqual(['q-5']);
});
