import { describe, expect, test } from 'vitest';
import type { LocalOptions } from '../../functions/local.ts';
import type { Client } from '../../lib/client/index.ts';
import { Configuration } from '../../lib/contract/queues.ts';
import type { RouteReply } from '../../lib/contract/routes.ts';
import { codeOf, refusalOf, startTestServer } from './support.ts';

/** A server with a queue `juicer`, to which tasks named `promote` are bound, and whatever else is asked for. */
function startServer(configuration: object = {}, options: Partial<LocalOptions> = {}) {
  const declared = { queues: { juicer: {} }, bindings: { promote: 'juicer' }, ...configuration };
  return startTestServer({ configuration: Configuration.parse(declared), ...options });
}

type Reserved = RouteReply<'reserveTasks'>;

function heldIn(reply: Reserved) {
  if (reply.status !== 'reserved') throw new Error('no task was reserved');
  return reply.tasks;
}

async function next(client: Client, fields: { queues?: string[]; worker?: string; count?: number } = {}) {
  const [held] = heldIn(await client.reserveTasks({ worker: 'w1', queues: ['juicer'], ...fields }));
  if (!held) throw new Error('no task was reserved');
  return held;
}

describe('a task', () => {
  test('is submitted, reserved, told of and ended, and shown all the while', async () => {
    const { client, clock } = await startServer();
    const args = { cart: 'tomcat', environment: 'prod' };

    const submitted = await client.submitTask({ name: 'promote', args, title: 'Promote', meta: { run: 7 } });

    expect(submitted).toMatchObject({ id: 'juicer-1', state: 'queued', reason: 'submitted', attempt: 0 });
    expect(submitted).toMatchObject({
      args,
      title: 'Promote',
      meta: { run: 7 },
      owner: 'local',
      history: [],
    });

    const held = await next(client);
    expect(held.token).toBe('juicer-1.1.2');
    expect(held.deadline).toBe(clock.now() + 300_000);
    expect(held.task).toMatchObject({ id: 'juicer-1', args, state: 'running', worker: 'w1', attempt: 1 });

    const { token } = held;
    await clock.pass(10);
    for (const n of [1, 2, 3]) await client.updateTask({ token, event: { n }, maxlen: 2 });
    const told = await client.updateTask({
      ...{ token, progress: { current: 3, total: 9, message: 'copying' }, status: 'busy' },
      checkpoint: { at: 3 },
    });
    expect(told).toEqual({ deadline: clock.now() + 300_000, cancelled: false });
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      history: [
        { at: clock.now(), event: { n: 2 } },
        { at: clock.now(), event: { n: 3 } },
      ],
      lastEvent: { event: { n: 3 } },
      progress: { current: 3, total: 9, message: 'copying' },
      status: 'busy',
      checkpoint: { at: 3 },
    });

    expect(await client.endTask({ token, outcome: 'succeeded', result: { ok: true } })).toEqual({
      state: 'succeeded',
      repeated: false,
    });
    expect(await client.endTask({ token, outcome: 'succeeded', result: { ok: true } })).toEqual({
      state: 'succeeded',
      repeated: true,
    });
    const ended = await client.showTask({ task: 'juicer-1' });
    expect(ended).toMatchObject({ state: 'succeeded', reason: 'succeeded', result: { ok: true } });
    expect(ended.endedAt).toBe(clock.now());
    expect(ended).not.toHaveProperty('worker');
    expect(await client.reserveTasks({ worker: 'w1', queues: ['juicer'] })).toMatchObject({ status: 'wait' });
  });

  test('goes to the queue that is named, or that its name is bound to, and nowhere else', async () => {
    const { client } = await startServer({ queues: { juicer: {}, press: { bindings: ['squeeze'] } } });

    expect((await client.submitTask({ name: 'squeeze' })).id).toBe('press-1');
    expect((await client.submitTask({ name: 'squeeze', queue: 'juicer' })).id).toBe('juicer-1');
    expect(await refusalOf(client.submitTask({ name: 'other' }))).toEqual({
      code: 'queue_unknown',
      detail: 'no queue is bound to tasks named other: name a queue',
    });
    expect(await refusalOf(client.submitTask({ name: 'other', queue: 'nowhere' }))).toEqual({
      code: 'queue_unknown',
      detail: 'there is no queue nowhere',
    });
  });

  test('is waited for by a worker, and given to it at once', async () => {
    const { client, clock } = await startServer();
    const waiting = client.reserveTasks({ worker: 'w1', queues: ['juicer'], waitSeconds: 30 });
    await clock.untilAsleep(2);

    await client.submitTask({ name: 'promote' });

    expect(heldIn(await waiting).map(({ task }) => task.id)).toEqual(['juicer-1']);
  });

  test('is not given to a worker that hung up while it waited', async () => {
    const { client, clock } = await startServer();
    const hangUp = new AbortController();
    const waiting = client.reserveTasks(
      { worker: 'w1', queues: ['juicer'], waitSeconds: 30 },
      { signal: hangUp.signal },
    );
    await clock.untilAsleep(2);
    hangUp.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await clock.untilAsleep(1);

    const { id } = await client.submitTask({ name: 'promote' });

    expect(await client.showTask({ task: id })).toMatchObject({ state: 'queued', attempt: 0 });
  });

  test('with a high priority comes first, and one with a low priority last', async () => {
    const { client } = await startServer();
    for (const priority of ['low', 'normal', 'high'] as const)
      await client.submitTask({ name: 'promote', title: priority, priority });

    const held = heldIn(await client.reserveTasks({ worker: 'w1', queues: ['juicer'], count: 3 }));

    expect(held.map(({ task }) => task.title)).toEqual(['high', 'normal', 'low']);
  });

  test('is scheduled until its time comes', async () => {
    const { client, clock } = await startServer();
    const task = await client.submitTask({ name: 'promote', delaySeconds: 60 });
    expect(task).toMatchObject({ state: 'scheduled', startAt: clock.now() + 60_000 });
    expect(await client.reserveTasks({ worker: 'w1', queues: ['juicer'] })).toMatchObject({ status: 'wait' });

    const waiting = client.reserveTasks({ worker: 'w1', queues: ['juicer'], waitSeconds: 30 });
    await clock.pass(60);
    const again = await waiting;
    const held = again.status === 'reserved' ? again.tasks[0] : await next(client);

    expect(held?.task).toMatchObject({ id: 'juicer-1', state: 'running' });
  });

  test('that failed is tried again after its backoff with its checkpoint, as often as it may be', async () => {
    const { client, clock } = await startServer({
      queues: { juicer: { maxAttempts: 2, retryBackoffSeconds: 10 } },
    });
    await client.submitTask({ name: 'promote' });
    const first = await next(client);
    await client.updateTask({ token: first.token, checkpoint: { step: 2 } });
    const error = { message: 'no space', stack: 'at line 1' };

    expect(await client.endTask({ token: first.token, outcome: 'failed', error })).toEqual({
      state: 'scheduled',
      repeated: false,
    });
    expect(await client.reserveTasks({ worker: 'w1', queues: ['juicer'] })).toMatchObject({ status: 'wait' });
    await clock.pass(10);
    const second = await next(client);
    expect(second.task).toMatchObject({ attempt: 2, checkpoint: { step: 2 }, error });
    // Its answer was lost, and it says so again, late: what it is told is its own attempt's.
    expect(await client.endTask({ token: first.token, outcome: 'failed', error })).toEqual({
      state: 'scheduled',
      repeated: true,
    });
    expect(await client.endTask({ token: second.token, outcome: 'failed', error })).toMatchObject({
      state: 'failed',
    });
    expect(await codeOf(client.endTask({ token: first.token, outcome: 'succeeded' }))).toBe(
      'already_settled',
    );
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      state: 'failed',
      reason: 'failed',
      error,
    });
  });

  test('whose worker died is offered again after the lease, and fails once its attempts are used up', async () => {
    const { client, clock } = await startServer({ queues: { juicer: { maxAttempts: 2, leaseSeconds: 30 } } });
    await client.submitTask({ name: 'promote' });
    const first = await next(client);
    await clock.pass(31);
    const second = await next(client, { worker: 'w2' });
    expect(second.task).toMatchObject({ attempt: 2, worker: 'w2' });
    expect(await refusalOf(client.updateTask({ token: first.token }))).toEqual({
      code: 'lease_expired',
      detail: 'attempt 1 of task juicer-1: its lease ran out and the task was taken back',
    });

    await clock.pass(120);

    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      state: 'failed',
      reason: 'lease_expired',
      error: { message: 'the lease of w2 ran out' },
    });
  });

  test('given back does not lose an attempt', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote', maxAttempts: 1 });
    const { token } = await next(client);
    expect(await client.endTask({ token, outcome: 'released' })).toMatchObject({ state: 'queued' });
    expect((await next(client)).task.attempt).toBe(1);
  });

  test('that takes longer than it may is taken away, however alive its worker is', async () => {
    const { client, clock } = await startServer();
    await client.submitTask({ name: 'promote', timeoutSeconds: 40, maxAttempts: 1 });
    const { token, deadline } = await next(client);
    expect(deadline).toBe(clock.now() + 40_000);
    await clock.pass(30);
    expect(await client.heartbeatTasks({ tokens: [token] })).toEqual({
      ...{ kept: [{ token, deadline }], cancelled: [], lost: [] },
    });
    await clock.pass(60);
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      state: 'failed',
      reason: 'timed_out',
    });
    expect(await client.heartbeatTasks({ tokens: [token, 'none-1.1.1'] })).toEqual({
      ...{ kept: [], cancelled: [], lost: [token, 'none-1.1.1'] },
    });
  });

  test('that nobody begins fails in the end', async () => {
    const { client, clock } = await startServer({ queues: { juicer: { startWithinSeconds: 100 } } });
    await client.submitTask({ name: 'promote' });
    await clock.pass(180);
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      state: 'failed',
      reason: 'not_started',
    });
  });

  test('is given to the same worker again when the answer was lost', async () => {
    const { client } = await startServer();
    await client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }] });
    const ask = { worker: 'w1', queues: ['juicer'], requestId: 'r1' };
    const [first] = heldIn(await client.reserveTasks(ask));
    const [again] = heldIn(await client.reserveTasks(ask));
    expect(again?.token).toBe(first?.token);
  });

  test('is found by the worker that holds it', async () => {
    const { client } = await startServer();
    await client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }] });
    const { token } = await next(client);
    await next(client, { worker: 'w2' });
    expect((await client.heldTasks({ worker: 'w1' })).tasks.map(task => task.token)).toEqual([token]);
    expect((await client.heldTasks({ worker: 'w3', queue: 'juicer' })).tasks).toEqual([]);
  });

  test('of a name that a worker does not run is left to others', async () => {
    const { client } = await startServer();
    await client.submitTasks({
      tasks: [{ name: 'other', queue: 'juicer' }, { name: 'promote' }],
    });
    const held = heldIn(
      await client.reserveTasks({ worker: 'w1', queues: ['juicer'], names: ['promote'], count: 5 }),
    );
    expect(held.map(({ task }) => task.id)).toEqual(['juicer-2']);
  });

  test('with the key of another one within its window is that one', async () => {
    const { client, clock } = await startServer();
    const one = { name: 'promote', dedupKey: 'night', dedupSeconds: 100 };
    const { tasks } = await client.submitTasks({ tasks: [one, one, { name: 'promote' }] });
    expect(tasks.map(({ id }) => id)).toEqual(['juicer-2', 'juicer-2', 'juicer-1']);
    const again = await client.submitTask({ ...one, title: 'again' });
    expect(again).toMatchObject({ id: 'juicer-2', title: '' });
    await clock.pass(101);
    expect(await client.submitTask(one)).toMatchObject({ id: 'juicer-3' });
  });

  test('may be told of only as much as is kept', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    const { token } = await next(client);
    const event = { text: 'x'.repeat(16_000) };
    const tell = async () => {
      for (let n = 0; n < 20; n += 1) await client.updateTask({ token, event });
    };
    expect(await refusalOf(tell())).toMatchObject({ code: 'task_too_large' });
    await client.updateTask({ token, event, maxlen: 0 });
    expect((await client.showTask({ task: 'juicer-1' })).history).toEqual([]);
  });

  test('whose update was sent again has its event once', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    const { token } = await next(client);
    for (let n = 0; n < 2; n += 1) await client.updateTask({ token, event: { n: 1 }, requestId: 'u1' });
    expect((await client.showTask({ task: 'juicer-1' })).history).toHaveLength(1);
  });
});

describe('a cancel', () => {
  test('ends a queued task at once, and twice is once', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    expect(await client.cancelTask({ task: 'juicer-1' })).toMatchObject({ state: 'cancelled' });
    expect(await client.cancelTask({ task: 'juicer-1' })).toMatchObject({ state: 'cancelled' });
    expect(await client.reserveTasks({ worker: 'w1', queues: ['juicer'] })).toMatchObject({ status: 'wait' });
  });

  test('reaches a worker with its next word, and what it has done still counts', async () => {
    const { client } = await startServer();
    await client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }] });
    const [first, second] = heldIn(
      await client.reserveTasks({ worker: 'w1', queues: ['juicer'], count: 2 }),
    ).map(({ token }) => token);
    await client.cancelTask({ task: 'juicer-1' });
    const { state } = await client.cancelTask({ task: 'juicer-2' });
    expect(state).toBe('cancelling');
    expect(await client.updateTask({ token: first ?? '', status: 'stopping' })).toMatchObject({
      cancelled: true,
    });
    expect(await client.heartbeatTasks({ tokens: [second ?? ''] })).toMatchObject({ cancelled: [second] });
    expect(await client.endTask({ token: first ?? '', outcome: 'cancelled' })).toMatchObject({
      state: 'cancelled',
    });
    expect(await client.endTask({ token: second ?? '', outcome: 'succeeded' })).toMatchObject({
      state: 'succeeded',
    });
  });

  test('takes a task from a worker that does not end in its grace', async () => {
    const { client, clock } = await startServer({ queues: { juicer: { cancelGraceSeconds: 20 } } });
    await client.submitTask({ name: 'promote' });
    const { token } = await next(client);
    expect((await client.cancelTask({ task: 'juicer-1' })).deadline).toBe(clock.now() + 20_000);
    await client.heartbeatTasks({ tokens: [token] });
    await clock.pass(90);
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({
      state: 'cancelled',
      reason: 'grace_over',
    });
    expect(await codeOf(client.endTask({ token, outcome: 'succeeded' }))).toBe('lease_expired');
  });

  test('reaches the parts of a task that are not begun, and theirs', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    const parts = { name: 'promote', parent: 'juicer-1' };
    await client.submitTasks({ tasks: [parts, parts, parts] });
    await client.submitTask({ name: 'promote', parent: 'juicer-3' });
    await client.endTask({ token: (await next(client)).token, outcome: 'released' });
    await client.cancelTask({ task: 'juicer-1' });
    const { tasks } = await client.listTasks({ parent: 'juicer-1' });
    expect(tasks.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      ['juicer-2', 'cancelled', 'parent_cancelled'],
      ['juicer-3', 'cancelled', 'parent_cancelled'],
      ['juicer-4', 'cancelled', 'parent_cancelled'],
    ]);
    expect(await client.showTask({ task: 'juicer-5' })).toMatchObject({ state: 'cancelled' });
    expect(await refusalOf(client.submitTask(parts))).toEqual({
      code: 'wrong_state',
      detail: 'task juicer-1 is cancelled: no further task can be a part of it',
    });
  });

  test('is refused of a task that has ended, and so are other steps that lead nowhere', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    expect(await refusalOf(client.retryTask({ task: 'juicer-1' }))).toEqual({
      code: 'wrong_state',
      detail: 'task juicer-1 is queued: only a task that is failed or cancelled can be retried',
    });
    expect(await codeOf(client.deleteTask({ task: 'juicer-1' }))).toBe('wrong_state');
    const { token } = await next(client);
    expect(await refusalOf(client.endTask({ token, outcome: 'cancelled' }))).toEqual({
      code: 'wrong_state',
      detail: 'task juicer-1 is running: it cannot become cancelled before it is cancelling',
    });
    await client.endTask({ token, outcome: 'succeeded' });
    expect(await refusalOf(client.cancelTask({ task: 'juicer-1' }))).toEqual({
      code: 'wrong_state',
      detail: 'task juicer-1 is succeeded: it cannot be cancelled',
    });
  });
});

describe('a task that has ended', () => {
  test('is retried with all its attempts', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote', maxAttempts: 1 });
    const { token } = await next(client);
    await client.endTask({ token, outcome: 'failed', error: { message: 'no' }, retry: false });
    expect(await client.retryTask({ task: 'juicer-1' })).toMatchObject({ state: 'queued', maxAttempts: 2 });
    expect((await next(client)).task).toMatchObject({ attempt: 2 });
  });

  test('is deleted, and its key is free', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote', dedupKey: 'k' });
    await client.cancelTask({ task: 'juicer-1' });
    expect(await client.deleteTask({ task: 'juicer-1' })).toEqual({ deleted: 'juicer-1' });
    expect(await codeOf(client.showTask({ task: 'juicer-1' }))).toBe('task_unknown');
    expect((await client.submitTask({ name: 'promote', dedupKey: 'k' })).id).toBe('juicer-2');
  });

  test('is removed once it was kept long enough', async () => {
    const { client, clock } = await startServer({ queues: { juicer: { retentionSeconds: 600 } } });
    await client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }] });
    await client.cancelTask({ task: 'juicer-1' });
    await clock.pass(540);
    expect(await client.showTask({ task: 'juicer-1' })).toMatchObject({ state: 'cancelled' });
    await clock.pass(120);
    expect(await codeOf(client.showTask({ task: 'juicer-1' }))).toBe('task_unknown');
    expect((await client.listTasks({})).tasks.map(({ id }) => id)).toEqual(['juicer-2']);
  });
});

describe('a listing', () => {
  test('has the newest first, by state, page by page', async () => {
    const { client } = await startServer({ queues: { juicer: {}, press: {} } });
    await client.submitTasks({ tasks: Array.from({ length: 130 }, () => ({ name: 'promote' })) });
    await client.submitTask({ name: 'squeeze', queue: 'press' });
    await client.cancelTask({ task: 'juicer-70' });

    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await client.listTasks({ limit: 40, after });
      ids.push(...page.tasks.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);

    expect(ids).toEqual([...Array.from({ length: 130 }, (_, n) => `juicer-${130 - n}`), 'press-1']);
    const cancelled = await client.listTasks({ queue: 'juicer', state: 'cancelled' });
    expect(cancelled.tasks.map(({ id }) => id)).toEqual(['juicer-70']);
    expect(cancelled).not.toHaveProperty('next');
    expect(await codeOf(client.listTasks({ queue: 'nowhere' }))).toBe('queue_unknown');
  });

  test('of the parts of a task goes on where it was', async () => {
    const { client } = await startServer();
    await client.submitTask({ name: 'promote' });
    const tasks = Array.from({ length: 5 }, () => ({ name: 'promote', parent: 'juicer-1' }));
    await client.submitTasks({ tasks });
    const first = await client.listTasks({ parent: 'juicer-1', limit: 3 });
    const second = await client.listTasks({ parent: 'juicer-1', limit: 3, after: first.next });
    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(
      [2, 3, 4, 5, 6].map(n => `juicer-${n}`),
    );
    expect(second).not.toHaveProperty('next');
  });
});

describe('a queue', () => {
  test('is shown with its counts', async () => {
    const { client } = await startServer();
    await client.submitTasks({ tasks: Array.from({ length: 70 }, () => ({ name: 'promote' })) });
    await client.submitTask({ name: 'promote', delaySeconds: 60 });
    await next(client);
    await client.cancelTask({ task: 'juicer-70' });
    const { counts, ...queue } = await client.showQueue({ queue: 'juicer' });
    expect(counts).toEqual({
      ...{ scheduled: 1, queued: 68, running: 1, cancelling: 0, succeeded: 0, failed: 0, cancelled: 1 },
    });
    expect((await client.listQueues({})).queues).toEqual([queue]);
  });

  test('hands out nothing while it is paused, and what it has once it is resumed', async () => {
    const { client, clock } = await startServer();
    await client.submitTask({ name: 'promote' });
    expect(await client.pauseQueue({ queue: 'juicer' })).toMatchObject({ paused: true });
    expect(await client.reserveTasks({ worker: 'w1', queues: ['juicer'] })).toMatchObject({ status: 'wait' });
    const waiting = client.reserveTasks({ worker: 'w1', queues: ['juicer'], waitSeconds: 30 });
    await clock.untilAsleep(2);
    await client.resumeQueue({ queue: 'juicer' });
    expect(heldIn(await waiting)).toHaveLength(1);
  });

  test('lets no more tasks run at once than it may, and the next one when one has ended', async () => {
    const { client, clock } = await startServer({ queues: { juicer: { concurrency: 2 } } });
    await client.submitTasks({ tasks: Array.from({ length: 4 }, () => ({ name: 'promote' })) });
    const ask = { worker: 'w1', queues: ['juicer'], count: 4 };
    const [first, second] = heldIn(await client.reserveTasks(ask));
    expect(second?.task.id).toBe('juicer-2');
    expect(await client.reserveTasks(ask)).toMatchObject({ status: 'wait' });
    const waiting = client.reserveTasks({ ...ask, waitSeconds: 30 });
    await clock.untilAsleep(2);
    await client.endTask({ token: first?.token ?? '', outcome: 'succeeded' });
    expect(heldIn(await waiting).map(({ task }) => task.id)).toEqual(['juicer-3']);
  });

  test('is changed by an admin, and binds no name that is bound elsewhere', async () => {
    const { client } = await startServer();
    expect(await client.putQueue({ queue: 'press', leaseSeconds: 60 })).toMatchObject({
      ...{ name: 'press', leaseSeconds: 60, maxAttempts: 3, paused: false },
    });
    expect(await refusalOf(client.putQueue({ queue: 'press', bindings: ['promote'] }))).toEqual({
      code: 'wrong_state',
      detail: 'tasks named promote are bound to queue juicer',
    });
    expect(await codeOf(client.showQueue({ queue: 'nowhere' }))).toBe('queue_unknown');
  });

  test('and all in it are there after a restart', async () => {
    const server = await startServer();
    await server.client.submitTask({ name: 'promote' });
    const { token } = await next(server.client);
    await server.close();
    const { client } = await startTestServer({ folder: server.folder });
    expect(await client.endTask({ token, outcome: 'succeeded' })).toMatchObject({ state: 'succeeded' });
    expect((await client.submitTask({ name: 'promote' })).id).toBe('juicer-2');
  });
});

test('a configuration is told to workers by its name', async () => {
  const { client } = await startServer({ configs: { sessions: { otf: true } } });
  expect(await client.getConfig({ config: 'sessions' })).toEqual({ name: 'sessions', value: { otf: true } });
  await client.putConfig({ config: 'sessions', value: { otf: false } });
  expect((await client.getConfig({ config: 'sessions' })).value).toEqual({ otf: false });
  expect(await refusalOf(client.getConfig({ config: 'none' }))).toEqual({
    code: 'config_unknown',
    detail: 'there is no configuration none',
  });
});

describe('among users', () => {
  const tokenOf = (user: string) => `token-of-${user}-0123456789`;
  const tokens = ['root', 'ann', 'bob', 'pilot'].map(user => ({
    ...{ token: tokenOf(user), user, roles: [], admin: user === 'root' },
  }));
  const start = async () => {
    const server = await startServer({ queues: { juicer: { users: ['pilot'] } } }, { tokens });
    const [ann, bob, pilot] = ['ann', 'bob', 'pilot'].map(user => server.clientOf(tokenOf(user)));
    if (!ann || !bob || !pilot) throw new Error('three clients were made');
    return { root: server.client, ann, bob, pilot };
  };

  test('a private task is there for its owner, the workers of its queue and admins only', async () => {
    const { root, ann, bob, pilot } = await start();
    await ann.submitTask({ name: 'promote', queue: 'juicer' });
    for (const client of [root, ann, pilot])
      expect((await client.listTasks({})).tasks.map(({ id }) => id)).toEqual(['juicer-1']);
    expect((await bob.listTasks({})).tasks).toEqual([]);
    expect(await codeOf(bob.showTask({ task: 'juicer-1' }))).toBe('task_unknown');
    expect(await codeOf(bob.cancelTask({ task: 'juicer-1' }))).toBe('task_unknown');
    expect(await codeOf(bob.submitTask({ name: 'part', queue: 'juicer', parent: 'juicer-1' }))).toBe(
      'task_unknown',
    );
    expect(await codeOf(pilot.cancelTask({ task: 'juicer-1' }))).toBe('forbidden');
  });

  test('what a task left and wrote is for those who may look at it', async () => {
    const { ann, bob, pilot } = await start();
    const one = { name: 'promote', queue: 'juicer', outputs: { sum: 'sluice:sum.csv' } };
    for (const isPublic of [false, true]) {
      const { id } = await ann.submitTask({ ...one, public: isPublic });
      const { token } = await next(pilot);
      await pilot.appendLog({ token, text: 'secret\n' });
      await pilot.endTask({ token, outcome: 'succeeded' });
      const asked = [
        () => bob.readLog({ task: id }),
        () => bob.taskOutputs({ task: id }),
        () => bob.submitTask({ name: 'next', queue: 'juicer', inputs: { sum: `sluice:${id}/sum.csv` } }),
      ];
      for (const ask of asked)
        if (isPublic) await ask();
        else expect(await codeOf(ask())).toBe('task_unknown');
    }
  });

  test('a public task can be looked at by all, and changed by its owner and admins', async () => {
    const { root, ann, bob } = await start();
    await ann.submitTask({ name: 'promote', queue: 'juicer', public: true });
    expect(await bob.showTask({ task: 'juicer-1' })).toMatchObject({ owner: 'ann' });
    expect(await refusalOf(bob.cancelTask({ task: 'juicer-1' }))).toEqual({
      code: 'forbidden',
      detail: 'task juicer-1 belongs to ann; bob may not change it',
    });
    expect(await root.cancelTask({ task: 'juicer-1' })).toMatchObject({ state: 'cancelled' });
  });

  test('only workers of the queue reserve, tell and end', async () => {
    const { ann, bob, pilot } = await start();
    await ann.submitTask({ name: 'promote', queue: 'juicer' });
    expect(await codeOf(ann.reserveTasks({ worker: 'w', queues: ['juicer'] }))).toBe('forbidden');
    const { token } = await next(pilot);
    expect(await codeOf(bob.updateTask({ token, status: 'mine' }))).toBe('forbidden');
    expect(await bob.heartbeatTasks({ tokens: [token] })).toMatchObject({ lost: [token] });
    expect(await codeOf(bob.heldTasks({ worker: 'w1', queue: 'juicer' }))).toBe('forbidden');
    expect((await bob.heldTasks({ worker: 'w1' })).tasks).toEqual([]);
    expect(await pilot.endTask({ token, outcome: 'succeeded' })).toMatchObject({ state: 'succeeded' });
  });

  test('keys are each owner’s own', async () => {
    const { ann, bob } = await start();
    const one = { name: 'promote', queue: 'juicer', dedupKey: 'k' };
    expect((await ann.submitTask(one)).id).toBe('juicer-1');
    expect((await bob.submitTask(one)).id).toBe('juicer-2');
  });

  test('only admins make, change and pause queues, set configurations, and submit for others', async () => {
    const { ann, root } = await start();
    expect(await codeOf(ann.putQueue({ queue: 'press' }))).toBe('forbidden');
    expect(await codeOf(ann.pauseQueue({ queue: 'juicer' }))).toBe('forbidden');
    expect(await codeOf(ann.resumeQueue({ queue: 'juicer' }))).toBe('forbidden');
    expect(await codeOf(ann.putConfig({ config: 'c', value: {} }))).toBe('forbidden');
    expect(await codeOf(ann.submitTask({ name: 'promote', queue: 'juicer', owner: 'bob' }))).toBe(
      'forbidden',
    );
    expect(await root.submitTask({ name: 'promote', queue: 'juicer', owner: 'bob' })).toMatchObject({
      owner: 'bob',
    });
  });
});
