import { describe, expect, test } from 'vitest';
import { deleteQueue } from '../../../lib/dispatch/tasks/delete-queue.ts';
import { redriveQueue } from '../../../lib/dispatch/tasks/redrive-queue.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { ADMIN, startTasks, type TaskProcess, takeOne, tasksIn } from './support.ts';
import { TaskWitness } from './witness.ts';

const one = { name: 'n', queue: 'q' };
const ask = { worker: 'w', queues: ['q'] };

async function withTasks(count: number, settings: Parameters<TaskProcess['queue']>[1] = {}) {
  const process = startTasks({ world: new MemoryWorld() });
  await process.queue('q', { leaseSeconds: 60, ...settings });
  for (let left = count; left > 0; left -= 256)
    await process.submitMany({ tasks: Array.from({ length: Math.min(left, 256) }, () => one) });
  return process;
}

async function failAll(process: TaskProcess): Promise<void> {
  for (;;) {
    const held = tasksIn(await process.reserve({ ...ask, count: 64 }));
    if (held.length === 0) return;
    for (const { token } of held)
      await process.end({ token, outcome: 'failed', retry: false, error: { message: 'no' } });
  }
}

describe('a limit of what runs at once', () => {
  test('that is set later counts what runs already', async () => {
    const process = await withTasks(5);
    expect(tasksIn(await process.reserve({ ...ask, count: 3 }))).toHaveLength(3);
    await process.queue('q', { leaseSeconds: 60, concurrency: 3 });
    expect(tasksIn(await process.reserve({ ...ask, count: 3 }))).toEqual([]);
    const [held] = (await process.held({ worker: 'w' })).tasks;
    await process.end({ token: held?.token ?? '', outcome: 'succeeded' });
    expect(tasksIn(await process.reserve({ ...ask, count: 3 }))).toHaveLength(1);
  });

  test('counts with the next sweep what another process began, which had not heard of it', async () => {
    const process = await withTasks(3);
    const other = startTasks({ world: process.world });
    await other.reserve(ask);
    await process.queue('q', { leaseSeconds: 60, concurrency: 2 });
    expect(tasksIn(await other.reserve({ ...ask, requestId: 'late' }))).toHaveLength(1);
    await process.sweep();
    expect(tasksIn(await process.reserve(ask))).toEqual([]);
    await process.world.clock.sleep(61_000);
    expect(tasksIn(await process.reserve(ask))).toHaveLength(1);
  });

  test('is never passed from then on, however tasks end meanwhile', async () => {
    const process = await withTasks(6);
    const witness = new TaskWitness(process.world, 2);
    await process.reserve({ ...ask, count: 2 });
    await process.queue('q', { leaseSeconds: 60, concurrency: 2 });
    while ((await process.counts('q')).succeeded < 6) {
      await process.sweep();
      await process.reserve({ ...ask, count: 6 });
      for (const { token } of (await process.held({ worker: 'w' })).tasks)
        await process.end({ token, outcome: 'succeeded' });
    }
    expect(witness.broken).toEqual([]);
  });
});

describe('a queue that is deleted', () => {
  const remove = (process: TaskProcess) => deleteQueue(process.context, ADMIN, { queue: 'q' });

  test('must have no task that has not ended', async () => {
    const process = await withTasks(2);
    await process.cancel('q-1');
    await expect(remove(process)).rejects.toThrow(
      'task q-2 is queued: a queue can be deleted once all its tasks have ended',
    );
    expect(await process.show('q-1')).toMatchObject({ state: 'cancelled' });
  });

  test('is gone with its tasks, its keys and its tickets; one of its name begins with further numbers', async () => {
    const process = await withTasks(0);
    await process.submitMany({ tasks: [...Array(70).fill(one), { ...one, dedupKey: 'k' }] });
    for (let number = 1; number <= 71; number += 1) await process.cancel(`q-${number}`);
    await process.delete('q-3');
    expect(await remove(process)).toEqual({ deleted: 'q' });
    await expect(process.counts('q')).rejects.toThrow('there is no queue q');
    await expect(process.show('q-1')).rejects.toThrow('there is no task q-1');
    await expect(process.submit(one)).rejects.toThrow('there is no queue q');
    expect(process.world.queues.names()).toEqual([]);
    await process.queue('q');
    expect((await process.submit({ ...one, dedupKey: 'k' })).id).toBe('q-72');
    expect(await process.counts('q')).toMatchObject({ queued: 1, cancelled: 0 });
  });

  test('is for admins', async () => {
    const process = await withTasks(0);
    const bob = { caller: { user: 'bob', roles: [], admin: false } };
    await expect(deleteQueue(process.context, bob, { queue: 'q' })).rejects.toThrow('only an admin');
    await expect(redriveQueue(process.context, bob, { queue: 'q' })).rejects.toThrow('only an admin');
  });
});

describe('a redrive', () => {
  test('queues all tasks again that failed for good, and no others, page by page', async () => {
    const process = await withTasks(300);
    await process.cancel('q-7');
    await failAll(process);
    await process.submit(one);
    const first = await redriveQueue(process.context, ADMIN, { queue: 'q' });
    expect(first.retried).toHaveLength(256);
    const rest = await redriveQueue(process.context, ADMIN, { queue: 'q', after: first.next });
    expect(rest).toMatchObject({ retried: expect.arrayContaining(['q-300']) });
    expect(rest.next).toBeUndefined();
    expect(await process.counts('q')).toMatchObject({ queued: 300, cancelled: 1, failed: 0 });
    const [again] = tasksIn(await process.reserve({ ...ask, count: 1 }));
    expect(again?.task).toMatchObject({ attempt: expect.any(Number) });
  });

  test('finds those that failed long ago', async () => {
    const process = await withTasks(130);
    await failAll(process);
    for (let minute = 0; minute < 8; minute += 1) {
      await process.sweep();
      await process.world.clock.sleep(60_000);
    }
    expect((await redriveQueue(process.context, ADMIN, { queue: 'q' })).retried).toHaveLength(130);
    await process.sweep();
    expect(await process.counts('q')).toMatchObject({ queued: 130, failed: 0 });
    await takeOne(process);
  });

  test('says nothing of dead letters where there are none', async () => {
    const process = await withTasks(0);
    expect(await redriveQueue(process.context, ADMIN, { queue: 'q' })).toEqual({ retried: [] });
  });

  test('sends dead tickets again whose tasks wait, removes the others, and shows what is none', async () => {
    const process = await withTasks(2);
    await process.cancel('q-2');
    process.world.queues.drop('t-q-normal');
    const letters = ['{"block":1,"generation":1}', '{"block":2,"generation":1}', 'hello'];
    const deleted: string[] = [];
    const { tickets } = process.context;
    const context = {
      ...process.context,
      tickets: {
        ...tickets,
        async deadLetters() {
          const found = letters.map((text, n) => ({
            ...{ text, receipt: String(n) },
            ...(n < 2 && { ticket: { block: n + 1, generation: 1 } }),
          }));
          letters.length = 0;
          return found;
        },
        delete: async (_queue: string, receipt: string) => void deleted.push(receipt),
      },
    };
    expect(await redriveQueue(context, ADMIN, { queue: 'q' })).toEqual({
      retried: [],
      deadLetters: { returned: 1, over: 1, strange: ['hello'] },
    });
    expect(deleted).toEqual(['0', '1']);
    await takeOne(process);
  });
});
