import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import { runTaskWorker } from '../../lib/worker/index.ts';
import { Processes, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { addresses, clientAt, SOON } from './home.ts';
import { logOf, newQueue, until, untilReserved } from './queues.ts';

/**
 * What users of Girder Worker count on. That private tasks are there for those only who may see them is tried where
 * strangers are: in test/functions, for no home of this suite tells callers apart.
 */

/** A task that has left a file, `slide.txt`. */
async function storedFile(client: Client, body: string): Promise<string> {
  const queue = await newQueue(client);
  const { id } = await client.submitTask({ name: 'scan', queue, outputs: { slide: 'sluice:slide.txt' } });
  const [held] = await untilReserved(client, queue, 'scanner');
  const { token = '' } = held ?? {};
  const { outputs } = await client.taskFiles({ token });
  const stored = await fetch(outputs.slide ?? '', { method: 'PUT', body });
  expect(stored.status).toBeLessThan(300);
  await client.endTask({ token, outcome: 'succeeded' });
  return id;
}

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  /** A worker that runs a script for each task of a queue, in a folder of its own. */
  async function startWorker(processes: Processes, queue: string, script: string) {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'script.sh'), script);
    const command = ['worker', 'run', '--queue', queue, '--scratch', cwd, '--'];
    const child = processes.start([SLUICE, ...command, 'sh', 'script.sh', '{args}'], {
      cwd,
      env: { SLUICE_URL: server, SLUICE: `${process.execPath} ${SLUICE}` },
    });
    child.stdout?.resume();
    child.stderr?.resume();
    return { child, cwd };
  }

  test('a task gets a stored file as a path, tells lines and progress as it goes, and leaves a result', async () => {
    await using processes = new Processes();
    const scan = await storedFile(client, 'frames');
    const queue = await newQueue(client);
    const about = { title: 'Segment', type: 'analysis', public: true, meta: { study: 7 } };
    const { id } = await client.submitTask({
      ...{ ...about, name: 'segment', queue, args: { threshold: 3 } },
      inputs: { slide: `sluice:${scan}/slide.txt` },
      outputs: { mask: 'sluice:mask.txt' },
    });
    expect(await client.showTask({ task: id })).toMatchObject({ ...about, args: { threshold: 3 } });
    const cwd = await tempFolder();
    const script = `echo "reading $1"; $SLUICE task update --progress 1/2
      while ! [ -e ${cwd}/go ]; do sleep 0.1; done; tr a-z A-Z < "$1" > "$2"; echo written`;
    const child = processes.start(
      [SLUICE, 'worker', 'run', '--queue', queue, '--', 'sh', '-c', script, 'sh', '{in.slide}', '{out.mask}'],
      { cwd, env: { SLUICE_URL: server, SLUICE: `${process.execPath} ${SLUICE}` } },
    );
    child.stdout?.resume();

    await expect.poll(() => logOf(client, id), SOON).toMatch(/^reading \/.*\/slide\.txt\n/);
    await expect
      .poll(() => client.showTask({ task: id }), SOON)
      .toMatchObject({
        state: 'running',
        progress: { current: 1, total: 2 },
        log: { bytes: expect.any(Number) },
      });
    expect(await client.taskOutputs({ task: id })).toEqual({ outputs: {} });
    await writeFile(join(cwd, 'go'), '');

    expect(await until(client, id, 'succeeded', 'failed')).toMatchObject({ ...about, state: 'succeeded' });
    const { outputs } = await client.taskOutputs({ task: id });
    expect(await (await fetch(outputs.mask ?? '')).text()).toBe('FRAMES');
    expect(await logOf(client, id)).toMatch(/\nwritten\n$/);
    const { workers } = await client.listWorkers({ queue });
    expect(workers).toMatchObject([{ queues: [queue], state: 'active' }]);

    await client.deleteTask({ task: id });
    expect((await fetch(outputs.mask ?? '')).status).toBe(404);
  });

  test('a task is cancelled at once while it is queued, though no worker is there', async () => {
    const queue = await newQueue(client);
    const { id } = await client.submitTask({ name: 'segment', queue });
    expect(await client.cancelTask({ task: id })).toMatchObject({ state: 'cancelled' });
    expect(await client.reserveTasks({ worker: 'w', queues: [queue] })).toMatchObject({ status: 'wait' });
  });

  test('a task that runs is cancelled: its program is told, and it ends as cancelled', async () => {
    await using processes = new Processes();
    const queue = await newQueue(client, { leaseSeconds: 3 });
    const { id } = await client.submitTask({ name: 'segment', queue });
    await startWorker(processes, queue, 'trap "echo told; exit 1" TERM; echo begun; sleep 60 & wait');
    await expect.poll(() => logOf(client, id), SOON).toBe('begun\n');
    await client.cancelTask({ task: id });
    expect(await until(client, id, 'cancelled')).toMatchObject({ reason: 'cancelled' });
    expect(await logOf(client, id)).toBe('begun\ntold\n');
  });

  test('a task whose worker was killed does not run for ever, though nobody asks for it', {
    timeout: 240_000,
  }, async () => {
    await using processes = new Processes();
    const queue = await newQueue(client, { leaseSeconds: 2, maxAttempts: 1 });
    const { id } = await client.submitTask({ name: 'segment', queue });
    const { child } = await startWorker(processes, queue, 'echo begun; sleep 5');
    await expect.poll(() => logOf(client, id), SOON).toBe('begun\n');
    await processes.kill(child);
    expect(await until(client, id, 'failed')).toMatchObject({ reason: 'lease_expired', attempt: 1 });
  });

  test('a task that has succeeded is not run again, whoever asks', async () => {
    await using processes = new Processes();
    const queue = await newQueue(client, { leaseSeconds: 2 });
    const { id } = await client.submitTask({ name: 'segment', queue });
    const { cwd } = await startWorker(processes, queue, 'echo run >> runs; sleep 3');
    expect(await until(client, id, 'succeeded', 'failed')).toMatchObject({ state: 'succeeded', attempt: 1 });
    await startWorker(processes, queue, 'echo run >> runs');
    await setTimeout(5000);
    expect(await readFile(join(cwd, 'runs'), 'utf8')).toBe('run\n');
    expect(await client.showTask({ task: id })).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('a task with a hundred parts knows them all, and its cancel reaches those that are not begun', async () => {
    const queue = await newQueue(client);
    const { id } = await client.submitTask({ name: 'whole', queue, priority: 'high' });
    const [whole] = await untilReserved(client, queue, 'w');
    const parts = Array.from({ length: 100 }, (_, n) => ({ name: 'part', queue, parent: id, args: { n } }));
    await client.submitTasks({ tasks: parts });
    const stop = new AbortController();
    let done = 0;
    await runTaskWorker({
      ...{ client, worker: 'parts', queues: [queue], concurrency: 10, signal: stop.signal },
      handlers: {
        part: () => {
          done += 1;
          if (done === 30) stop.abort();
          return undefined;
        },
      },
    });
    await client.cancelTask({ task: id });
    const { tasks } = await client.listTasks({ parent: id, limit: 1000 });
    expect(tasks).toHaveLength(100);
    const states = Object.groupBy(tasks, ({ state }) => state);
    expect(states.succeeded?.length).toBeGreaterThanOrEqual(30);
    expect((states.succeeded?.length ?? 0) + (states.cancelled?.length ?? 0)).toBe(100);
    await client.endTask({ token: whole?.token ?? '', outcome: 'cancelled' });
  });
});
