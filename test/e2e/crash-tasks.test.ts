import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createClient, UnreachableError } from '../../lib/client/index.ts';
import { freePort, Processes, SLUICE, untilThere } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const TASKS = 240;
const WORKERS = 3;
const SERVER_KILLS = 10;
const WORKER_KILLS = 10;
const WORKER = fileURLToPath(new URL('./crash-task-worker.ts', import.meta.url));

test('every task ends once, with its history, output and replies, though servers and workers are killed at 20 random moments', async () => {
  const folder = await tempFolder();
  await using processes = new Processes();
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  const client = createClient({ server });
  const serve = () =>
    processes.start([SLUICE, 'serve', '--dir', join(folder, 'data'), '--port', String(port)]);
  const log = (worker: number) => join(folder, `worker-${worker}.log`);
  const work = (worker: number) => processes.start([WORKER, server, `worker-${worker}`, log(worker)]);

  let serving = serve();
  await untilThere(server);
  await client.putQueue({
    queue: 'q',
    leaseSeconds: 2,
    maxAttempts: 100,
    retryBackoffSeconds: 0,
    concurrency: 6,
  });
  const working: ChildProcess[] = Array.from({ length: WORKERS }, (_, worker) => work(worker));
  const submitting = submitAll();
  const told = new Map<string, { task: string; event: string }>();
  const events = (name: string) => [...told.values()].filter(({ event }) => event === name);
  const over = new AbortController();
  const hearing = hear();

  // The moments follow the progress, so that they lie all over the tasks' life however fast the machine is.
  const kills = [...Array(SERVER_KILLS).fill('server'), ...Array(WORKER_KILLS).fill('worker')];
  for (const [number, victim] of shuffled(kills).entries()) {
    await untilSucceeded(Math.floor((TASKS * (number + 0.5)) / kills.length));
    await setTimeout(Math.random() * 30);
    if (victim === 'server') {
      await processes.kill(serving);
      serving = serve();
    } else {
      const worker = Math.floor(Math.random() * WORKERS);
      const unlucky = working[worker];
      if (unlucky) await processes.kill(unlucky);
      working[worker] = work(worker);
    }
  }
  const submitted = await submitting;
  await untilSucceeded(TASKS);

  const { tasks } = await patiently(() => client.listTasks({ queue: 'q', limit: 1000 }));
  expect(tasks.map(({ id }) => id).sort()).toEqual(submitted.toSorted());
  // What was accepted as an end is that of the attempt that won, whoever else tried.
  const ends = new Map<string, Set<string>>();
  for (let worker = 0; worker < WORKERS; worker += 1)
    for (const token of succeededIn(log(worker))) {
      const [id = ''] = token.split('.');
      ends.set(id, (ends.get(id) ?? new Set()).add(token));
    }
  for (const { id } of tasks) {
    const { state, attempt, result, history } = await client.showTask({ task: id });
    const { run } = { run: '', ...result };
    const steps = history.filter(({ event }) => event.run === run).map(({ event }) => event.step);
    const { out = '' } = (await client.taskOutputs({ task: id })).outputs;
    const output = await (await fetch(out)).text();
    expect({ id, state, result, steps, output }).toEqual({
      ...{ id, state: 'succeeded', result: { attempt, run }, steps: [1, 2, 3], output: run },
    });
    const [token = ''] = String(run).split(' ');
    expect([...(ends.get(id) ?? [token])]).toEqual([token]);
  }
  expect(ends.size).toBeGreaterThan(TASKS * 0.9);

  await untilHeard();
  over.abort();
  await hearing;
  expect(
    events('completed')
      .map(({ task }) => task)
      .sort(),
  ).toEqual(submitted.toSorted());
  expect(new Set(events('started').map(({ task }) => task)).size).toBe(TASKS);

  /** The server may be away at any time, and each call may arrive twice. */
  async function submitAll(): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < TASKS; n += 1) {
      const task = { name: 'work', queue: 'q', dedupKey: `${n}`, outputs: { out: 'sluice:out' } };
      ids.push((await patiently(() => client.submitTask({ ...task, replyTo: 'sluice:replies' }))).id);
    }
    return ids;
  }

  async function hear(): Promise<void> {
    while (!over.signal.aborted) {
      const { replies } = await patiently(() => client.listReplies({ replies: 'replies', waitSeconds: 0 }));
      for (const { id, task, event } of replies) told.set(id, { task, event });
      const ids = replies.map(({ id }) => id);
      if (ids.length > 0) await patiently(() => client.ackReplies({ replies: 'replies', ids }));
      else await setTimeout(50);
    }
  }

  async function untilHeard(): Promise<void> {
    // What was cut off is told by the sweep, once a minute.
    for (let waits = 0; events('completed').length < TASKS && waits < 1500; waits += 1) await setTimeout(100);
  }

  async function untilSucceeded(tasks: number): Promise<void> {
    while ((await patiently(() => client.showQueue({ queue: 'q' }))).counts.succeeded < tasks)
      await setTimeout(10);
  }

  async function patiently<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        await setTimeout(10);
      }
    }
  }
}, 300_000);

function succeededIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.filter(line => line.endsWith(' succeeded')).map(line => line.split(' ')[0] ?? '');
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map(item => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
