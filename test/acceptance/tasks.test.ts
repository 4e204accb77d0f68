import { describe, expect, test } from 'vitest';
import { addresses, clientAt } from './home.ts';
import { newQueue, untilReserved } from './queues.ts';

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  test('a task is submitted, reserved, told of and ended', async () => {
    const queue = await newQueue(client);
    const { id, state } = await client.submitTask({ name: 'promote', queue, args: { cart: 'tomcat' } });
    expect(state).toBe('queued');
    const [held] = await untilReserved(client, queue, 'w');
    const { token = '' } = held ?? {};
    expect(held?.task).toMatchObject({ id, args: { cart: 'tomcat' }, attempt: 1 });
    for (const n of [1, 2, 3]) await client.updateTask({ token, event: { n }, maxlen: 2 });
    expect(await client.endTask({ token, outcome: 'succeeded', result: { ok: true } })).toMatchObject({
      state: 'succeeded',
    });
    const ended = await client.showTask({ task: id });
    expect(ended).toMatchObject({ result: { ok: true }, lastEvent: { event: { n: 3 } } });
    expect(ended.history.map(({ event }) => event.n)).toEqual([2, 3]);
  });

  test('a task whose worker vanishes goes to another when its lease is over', async () => {
    const queue = await newQueue(client, { leaseSeconds: 2 });
    await client.submitTask({ name: 'promote', queue });
    const [lost] = await untilReserved(client, queue, 'vanishes');
    const [held] = await untilReserved(client, queue, 'another');
    expect(held?.task.attempt).toBe(2);
    await expect(client.endTask({ token: lost?.token ?? '', outcome: 'succeeded' })).rejects.toMatchObject({
      code: 'lease_expired',
    });
    await client.endTask({ token: held?.token ?? '', outcome: 'succeeded' });
  });

  test('a cancel ends what is queued and reaches who runs', async () => {
    const queue = await newQueue(client);
    const one = { name: 'promote', queue };
    const { id } = await client.submitTask(one);
    const [held] = await untilReserved(client, queue, 'w');
    const part = await client.submitTask({ ...one, parent: id });
    expect(await client.cancelTask({ task: id })).toMatchObject({ state: 'cancelling' });
    expect(await client.showTask({ task: part.id })).toMatchObject({ state: 'cancelled' });
    const { token = '' } = held ?? {};
    expect(await client.heartbeatTasks({ tokens: [token] })).toMatchObject({ cancelled: [token] });
    expect(await client.endTask({ token, outcome: 'cancelled' })).toMatchObject({ state: 'cancelled' });
    expect(await client.retryTask({ task: id })).toMatchObject({ state: 'queued' });
  });

  test('many tasks are listed, counted and worked on, as many at once as may be', async () => {
    const queue = await newQueue(client, { concurrency: 2 });
    const tasks = Array.from({ length: 5 }, () => ({ name: 'promote', queue }));
    const ids = (await client.submitTasks({ tasks })).tasks.map(({ id }) => id);
    const page = await client.listTasks({ queue });
    expect(page.tasks.map(({ id }) => id)).toEqual(ids.toReversed());
    const done: string[] = [];
    while (done.length < 5) {
      const held = await untilReserved(client, queue, 'w', 5);
      expect(held.length).toBeLessThanOrEqual(2);
      for (const { token, task } of held) {
        await client.endTask({ token, outcome: 'succeeded' });
        done.push(task.id);
      }
    }
    expect(done.sort()).toEqual(ids.sort());
    expect((await client.showQueue({ queue })).counts).toMatchObject({ succeeded: 5, queued: 0 });
  });

  test('two submits with one key are one task, and it can be deleted', async () => {
    const queue = await newQueue(client);
    const one = { name: 'promote', queue, dedupKey: 'night' };
    const [a, b] = await Promise.all([client.submitTask(one), client.submitTask(one)]);
    expect(a.id).toBe(b.id);
    await client.cancelTask({ task: a.id });
    expect(await client.deleteTask({ task: a.id })).toEqual({ deleted: a.id });
    await expect(client.showTask({ task: a.id })).rejects.toMatchObject({ code: 'task_unknown' });
  });
});
