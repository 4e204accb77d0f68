import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { codeOf, startTestServer } from './support.ts';

const users = ['ann', 'bob'];
const queues = { juicer: { users }, press: {}, vault: { users: ['nobody'] } };
const start = (options = {}) =>
  startTestServer({ configuration: Configuration.parse({ queues }), ...options });

const specs = (worker: string, queue = 'juicer') => ({
  ...{ worker, queues: [queue], concurrency: 2, host: 'node7', pid: 41, cpus: 8, memoryBytes: 2 ** 34 },
  startedAt: 1,
});

test('a worker is listed with what it says of itself, and is silent when it is not heard of', async () => {
  const { client, clock } = await start();
  expect(await client.registerWorker({ ...specs('w1'), version: '1.2' })).toEqual({ againAfterSeconds: 60 });
  const seenAt = clock.now();
  await clock.pass(179);
  await client.registerWorker(specs('w2'));
  const byId = async () => {
    const { workers } = await client.listWorkers({});
    return workers.toSorted((a, b) => a.worker.localeCompare(b.worker));
  };
  expect(await byId()).toMatchObject([
    { ...specs('w1'), version: '1.2', user: 'local', seenAt, state: 'active' },
    { worker: 'w2', state: 'active' },
  ]);
  await clock.pass(1);
  expect((await byId()).map(({ state }) => state)).toEqual(['silent', 'active']);
  await client.registerWorker(specs('w1'));
  expect((await byId()).map(({ state }) => state)).toEqual(['active', 'active']);
});

test('workers are listed page by page, and by queue', async () => {
  const { client } = await start();
  for (let n = 0; n < 40; n += 1) await client.registerWorker(specs(`w${n}`, n % 2 ? 'juicer' : 'press'));
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const { workers, next } = await client.listWorkers({ limit: 7, ...(after !== undefined && { after }) });
    expect(workers.length).toBeLessThanOrEqual(7);
    found.push(...workers.map(({ worker }) => worker));
    if (next === undefined) break;
    after = next;
  }
  expect(new Set(found).size).toBe(40);
  expect(found).toHaveLength(40);
  expect((await client.listWorkers({ queue: 'press' })).workers).toHaveLength(20);
});

test('a worker that was not heard of for a day is forgotten', async () => {
  const { client, clock } = await start();
  await client.registerWorker(specs('w1'));
  await clock.pass(86_400 - 60);
  expect((await client.listWorkers({})).workers).toHaveLength(1);
  await clock.pass(20 * 60);
  expect((await client.listWorkers({})).workers).toHaveLength(0);
});

test('workers of one name that call as two users are two, and none is of a queue it may not work on', async () => {
  const tokens = ['ann', 'bob'].map(user => ({ token: user, user, roles: [], admin: false }));
  const { client, clientOf } = await start({ tokens });
  await client.registerWorker(specs('w1'));
  await clientOf('bob').registerWorker({ ...specs('w1'), host: 'other' });
  const { workers } = await client.listWorkers({});
  expect(workers.map(({ user, host }) => `${user} ${host}`).toSorted()).toEqual(['ann node7', 'bob other']);
  expect(await codeOf(client.registerWorker(specs('w1', 'vault')))).toBe('forbidden');
  expect(await codeOf(client.registerWorker(specs('w1', 'none')))).toBe('queue_unknown');
});
