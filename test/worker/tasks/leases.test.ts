import { describe, expect, test } from 'vitest';
import { StoppedError, type TaskFunction } from '../../../lib/worker/index.ts';
import { aborted, taskHome } from './support.ts';

/** A handler that goes on until it is aborted, and then throws the reason. */
function untilAborted(reasons: unknown[]): TaskFunction {
  return async (_task, { signal }) => {
    await aborted(signal);
    reasons.push(signal.reason instanceof StoppedError && signal.reason.why);
    throw signal.reason;
  };
}

describe('a task that is run', () => {
  test('is kept by heartbeats however long it takes, all held tasks in one call', async () => {
    const { start, submit, until, pass, calls } = await taskHome();
    const work = async () => {
      await pass(1000);
      return undefined;
    };
    const { stop, ended } = start({ handlers: { work }, concurrency: 3 });
    const ids = [(await submit()).id, (await submit()).id, (await submit()).id];
    for (const id of ids) expect((await until(id, 'succeeded')).attempt).toBe(1);
    const beats = calls.filter(name => name === 'heartbeatTasks').length;
    expect(beats).toBeGreaterThan(40);
    expect(beats).toBeLessThan(60);
    stop();
    expect(await ended).toMatchObject({ succeeded: 3 });
  });

  test('is never one of more than the worker runs at once', async () => {
    const { start, submit, until, pass } = await taskHome();
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await pass(10);
      running -= 1;
      return undefined;
    };
    const { stop, ended } = start({ handlers: { work }, concurrency: 2 });
    const ids = await Promise.all([1, 2, 3, 4, 5].map(async () => (await submit()).id));
    for (const id of ids) await until(id, 'succeeded');
    expect(most).toBe(2);
    stop();
    await ended;
  });

  test('hears of its cancel in time to end, however long its lease is', async () => {
    const { start, submit, until, client, clock } = await taskHome({ leaseSeconds: 3600 });
    const { stop, ended } = start({ handlers: { work: untilAborted([]) } });
    const { id } = await submit();
    await until(id, 'running');
    const cancelledAt = clock.now();
    await client.cancelTask({ task: id });
    expect(await until(id, 'cancelled')).toMatchObject({ reason: 'cancelled' });
    expect(clock.now() - cancelledAt).toBeLessThanOrEqual(21_000);
    stop();
    await ended;
  });

  test('is aborted within a heartbeat when it is cancelled, and ends as cancelled', async () => {
    const { start, submit, until, client, clock } = await taskHome();
    const reasons: unknown[] = [];
    const { stop, ended, events } = start({ handlers: { work: untilAborted(reasons) } });
    const { id } = await submit();
    await until(id, 'running');
    const cancelledAt = clock.now();
    await client.cancelTask({ task: id });
    expect(await until(id, 'cancelled')).toMatchObject({ reason: 'cancelled' });
    expect(clock.now() - cancelledAt).toBeLessThanOrEqual(21_000);
    expect(reasons).toEqual(['cancelled']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'finished', end: { outcome: 'cancelled' } }),
    );
    stop();
    expect(await ended).toMatchObject({ cancelled: 1, retried: 0 });
  });

  test('hears of its cancel with what it tells next, and may still tell how it ended', async () => {
    const { start, submit, until, client, pass } = await taskHome();
    const { stop, ended } = start({
      handlers: {
        async work(_task, context) {
          while (!context.signal.aborted) {
            await context.update({ is: 'going on' }, { maxlen: 0 });
            await pass(1);
          }
          await context.update({ is: 'forced to stop' });
          throw context.signal.reason;
        },
      },
    });
    const { id } = await submit();
    await until(id, 'running');
    await client.cancelTask({ task: id });
    const task = await until(id, 'cancelled');
    expect(task.history.map(({ event }) => event)).toEqual([{ is: 'forced to stop' }]);
    stop();
    await ended;
  });

  test('counts as succeeded when it was finished before the worker heard of the cancel', async () => {
    const { start, submit, until, client, pass } = await taskHome();
    const work = async () => {
      await pass(5);
      return { all: true };
    };
    const { stop, ended } = start({ handlers: { work } });
    const { id } = await submit();
    await until(id, 'running');
    await client.cancelTask({ task: id });
    expect(await until(id, 'succeeded', 'cancelled')).toMatchObject({
      state: 'succeeded',
      result: { all: true },
    });
    stop();
    await ended;
  });

  test('is aborted when the lease was lost, and its end is not reported', async () => {
    const { start, submit, until, sweep, pass, trouble } = await taskHome();
    const reasons: unknown[] = [];
    const worker = start({ handlers: { work: untilAborted(reasons) }, graceSeconds: 0 });
    const { id } = await submit();
    await until(id, 'running');
    trouble.away = true;
    await pass(70);
    await sweep();
    trouble.away = false;
    await pass(30);
    expect(reasons[0]).toBe('lost');
    const { events } = worker;
    expect(events.filter(({ type }) => type === 'lost')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'finished')).toHaveLength(0);
    worker.stop();
    await worker.ended;
  });
});

describe('the end of a task', () => {
  test('survives the absence of the server', async () => {
    const { start, submit, until, pass, trouble } = await taskHome();
    const worker = start({ handlers: { work: () => pass(5).then(() => undefined) } });
    const { id } = await submit();
    await until(id, 'running');
    trouble.away = true;
    await pass(40);
    trouble.away = false;
    expect(await until(id, 'succeeded')).toMatchObject({ attempt: 1 });
    expect(worker.types()).toEqual(expect.arrayContaining(['away', 'back', 'reported']));
    worker.stop();
    await worker.ended;
  });

  test('counts once although its answers were lost', async () => {
    const { start, submit, until, pass, trouble } = await taskHome();
    const worker = start({ handlers: { work: () => undefined } });
    trouble.answersToLose = 3;
    const { id } = await submit();
    await until(id, 'succeeded');
    await pass(10);
    worker.stop();
    expect(await worker.ended).toMatchObject({ succeeded: 1, refused: 0 });
  });
});

describe('a worker that stops', () => {
  test('lets a running task finish', async () => {
    const { start, submit, until, pass } = await taskHome();
    const work = async () => {
      await pass(10);
      return undefined;
    };
    const worker = start({ handlers: { work } });
    const { id } = await submit();
    await until(id, 'running');
    worker.stop();
    expect(await worker.ended).toMatchObject({ succeeded: 1 });
    await until(id, 'succeeded');
  });

  test('aborts it after the grace: then it has failed, to be tried again', async () => {
    const { start, submit, until, client, clock } = await taskHome();
    const reasons: unknown[] = [];
    const worker = start({ handlers: { work: untilAborted(reasons) }, graceSeconds: 30 });
    const { id } = await submit();
    await until(id, 'running');
    const stoppedAt = clock.now();
    worker.stop();
    expect(await worker.ended).toMatchObject({ retried: 1 });
    expect(clock.now() - stoppedAt).toBeGreaterThanOrEqual(30_000);
    expect(reasons).toEqual(['stopping']);
    expect(await client.showTask({ task: id })).toMatchObject({
      state: 'queued',
      attempt: 1,
      error: { message: 'interrupted: the worker was stopped before the task was finished' },
    });
  });

  test('does not wait for a handler that pays no heed', async () => {
    const { start, submit, until, client } = await taskHome();
    const worker = start({ handlers: { work: () => new Promise(() => {}) }, graceSeconds: 1 });
    const { id } = await submit();
    await until(id, 'running');
    worker.stop();
    expect(await worker.ended).toMatchObject({ retried: 1 });
    expect(await client.showTask({ task: id })).toMatchObject({ state: 'queued', reason: 'retrying' });
  });

  test('ends while the server is away', async () => {
    const { start, trouble, pass } = await taskHome();
    const worker = start({ handlers: { work: () => undefined } });
    await pass(1);
    trouble.away = true;
    worker.stop();
    expect(await worker.ended).toMatchObject({ succeeded: 0 });
  });

  test('is one that may not take tasks of its queue', async () => {
    const { start } = await taskHome();
    await expect(start({ handlers: { work: () => undefined }, queues: ['none'] }).ended).rejects.toThrow(
      'there is no queue none',
    );
  });
});

describe('a worker that was killed', () => {
  test('is given its task again when it is started again, in the same attempt', async () => {
    const { start, submit, until, client } = await taskHome();
    const { id } = await submit();
    await client.reserveTasks({ worker: 'w1', queues: ['q'] });
    const worker = start({ handlers: { work: ({ attempt }) => ({ attempt }) } });
    expect((await until(id, 'succeeded')).result).toEqual({ attempt: 1 });
    expect(worker.events[0]).toMatchObject({ type: 'resumed', tasks: 1 });
    worker.stop();
    await worker.ended;
  });

  test('leaves its task to another one after the lease', async () => {
    const { start, submit, until, client, sweep, pass } = await taskHome();
    const { id } = await submit();
    await client.reserveTasks({ worker: 'w1', queues: ['q'] });
    const worker = start({ handlers: { work: ({ attempt }) => ({ attempt }) }, worker: 'w2' });
    await pass(61);
    await sweep();
    expect((await until(id, 'succeeded')).result).toEqual({ attempt: 2 });
    worker.stop();
    await worker.ended;
  });

  test('ends what was cancelled meanwhile, without beginning it', async () => {
    const { start, submit, until, client } = await taskHome();
    const { id } = await submit();
    await client.reserveTasks({ worker: 'w1', queues: ['q'] });
    await client.cancelTask({ task: id });
    const worker = start({ handlers: { work: () => undefined } });
    expect(await until(id, 'cancelled', 'succeeded')).toMatchObject({ reason: 'cancelled' });
    expect(worker.types()).not.toContain('begun');
    worker.stop();
    await worker.ended;
  });
});

test('a worker says that it is there about once a minute, and goes on when nobody hears it', async () => {
  const { start, client, calls, pass, trouble } = await taskHome();
  const worker = start({ handlers: { work: () => undefined }, version: '7', concurrency: 3 });
  await pass(600);
  const [known] = (await client.listWorkers({})).workers;
  expect(known).toMatchObject({
    ...{ worker: 'w1', queues: ['q'], version: '7', concurrency: 3, pid: process.pid, state: 'active' },
  });
  const words = calls.filter(name => name === 'registerWorker').length;
  expect(words).toBeGreaterThanOrEqual(10);
  expect(words).toBeLessThanOrEqual(11);
  trouble.away = true;
  await pass(300);
  trouble.away = false;
  await pass(200);
  expect((await client.listWorkers({})).workers[0]?.state).toBe('active');
  worker.stop();
  await worker.ended;
});
