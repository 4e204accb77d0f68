import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../lib/contract/json.ts';
import type { RouteInput } from '../../lib/contract/routes.ts';
import { runTaskWorker } from '../../lib/worker/index.ts';
import { Processes } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { addresses, clientAt, SOON } from './home.ts';
import { newQueue, until } from './queues.ts';
import { defaultHandler, handlers } from './session-handlers.ts';

/** What users of EMhub count on: a worker of microscope sessions, and those who submit its tasks. */

const WORKER = fileURLToPath(new URL('session-worker.ts', import.meta.url));
const STEP_SECONDS = 0.2;

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  /** Session 42, whose camera has left so many movies, and a queue of its own. */
  async function session(movies: number, settings: Omit<RouteInput<'putQueue'>, 'queue'> = {}) {
    const folder = await tempFolder();
    const frames = join(folder, 'frames');
    const trace = join(folder, 'trace');
    await mkdir(frames);
    await writeFile(trace, '');
    for (let n = 1; n <= movies; n += 1) await writeFile(join(frames, `movie-${n}.tiff`), 'x'.repeat(n));
    const queue = await newQueue(client, { maxAttempts: 1, ...settings });
    await client.putConfig({ config: 'sessions', value: { otf: { threshold: 16 } } });
    return {
      ...{ queue, folder, frames },
      submit: async (name: string, args: JsonObject = {}) => {
        const own = { session_id: 42, raw: frames, trace, sleep: STEP_SECONDS };
        return (await client.submitTask({ name, queue, args: { ...own, ...args } })).id;
      },
      /** A worker in this process, until the test ends. */
      work() {
        const stop = new AbortController();
        const ended = runTaskWorker({
          ...{ client, queues: [queue], worker: `host-${queue}`, handlers, defaultHandler },
          ...{ concurrency: 8, waitSeconds: 1, signal: stop.signal },
        });
        onTestFinished(async () => {
          stop.abort();
          await ended;
        });
      },
      /** How often a task's `process` was called. */
      steps: async (task: string) =>
        (await readFile(trace, 'utf8')).split('\n').filter(id => id === task).length,
    };
  }

  test('tasks that were made before the worker first came are delivered; of five updates the newest two are kept', async () => {
    const { submit, work } = await session(20);
    const [monitor, command] = [
      await submit('session', { action: 'monitor', repeat: 5 }),
      await submit('command', { cmd: 'echo EPU' }),
    ];
    work();
    const done = await until(client, monitor, 'succeeded', 'failed');
    expect(done).toMatchObject({ state: 'succeeded', result: { movies: 20, count: 5 } });
    expect(done.history.map(({ event }) => event.count)).toEqual([4, 5]);
    expect(done.lastEvent?.event).toEqual({ movies: 20, count: 5 });
    expect(await until(client, command, 'succeeded', 'failed')).toMatchObject({
      result: { output: 'EPU\n' },
    });
  });

  test('processing starts above 16 movies, and a second one on the same host ends the first', async () => {
    const { submit, work, folder, steps } = await session(20, { leaseSeconds: 15 });
    work();
    const few = join(folder, 'few');
    await mkdir(few);
    for (let n = 1; n <= 16; n += 1) await writeFile(join(few, `movie-${n}.tiff`), 'x');
    const waiting = await submit('session', { action: 'otf', raw: few });
    const first = await submit('session', { action: 'otf' });
    const launched = { lastEvent: { event: { otf_status: 'launched' } } };
    await expect.poll(() => client.showTask({ task: first }), SOON).toMatchObject(launched);
    expect((await client.showTask({ task: first })).lastEvent?.event.movies).toBe(20);
    await expect.poll(() => steps(waiting), SOON).toBeGreaterThan(1);
    expect((await client.showTask({ task: waiting })).history).toEqual([]);

    await writeFile(join(few, 'movie-17.tiff'), 'x');
    expect(await until(client, first, 'succeeded', 'failed')).toMatchObject({
      ...{ state: 'succeeded', result: { msg: 'forced to stop' } },
      lastEvent: { event: { msg: 'forced to stop' } },
    });
    await expect.poll(() => client.showTask({ task: waiting }), SOON).toMatchObject(launched);
    expect(await client.showTask({ task: waiting })).toMatchObject({ state: 'running' });
    await client.cancelTask({ task: waiting });
    expect(await until(client, waiting, 'cancelled')).toMatchObject({ reason: 'cancelled' });
  });

  test('an unknown name and an unknown action end with a clear error; one that throws is called once', async () => {
    const { submit, work, folder, steps } = await session(0);
    const [name, action, empty, gone] = [
      await submit('sesion'),
      await submit('session', { action: 'monitr' }),
      await submit('session', { action: 'monitor', repeat: 5 }),
      await submit('session', { action: 'monitor', raw: join(folder, 'gone') }),
    ];
    work();
    const errorOf = async (task: string) => (await until(client, task, 'failed', 'succeeded')).error;
    expect(await errorOf(name)).toMatchObject({ message: 'there is no handler for task sesion' });
    expect(await errorOf(action)).toMatchObject({ message: 'unknown action monitr' });
    expect(await errorOf(empty)).toMatchObject({
      message: 'there are no movies',
      stack: expect.stringContaining('session-handlers.ts'),
    });
    expect(await errorOf(gone)).toMatchObject({ message: expect.stringContaining('ENOENT') });
    expect([await steps(action), await steps(empty), await steps(gone)]).toEqual([1, 1, 1]);
  });

  test('growing files are transferred once they have stopped growing, with counts in the updates', async () => {
    const { submit, work, frames, folder } = await session(3);
    const raw = join(folder, 'raw');
    const growing = join(frames, 'movie-4.tiff');
    await writeFile(growing, 'begun');
    const task = await submit('session', { action: 'transfer', frames, raw, expected: 4 });
    let isGrowing = true;
    const camera = (async () => {
      while (isGrowing) {
        await appendFile(growing, 'more');
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    })();
    work();
    const three = { lastEvent: { event: { new_files: 3, total_files: 3 } } };
    await expect.poll(() => client.showTask({ task }), SOON).toMatchObject(three);
    isGrowing = false;
    await camera;
    const done = await until(client, task, 'succeeded', 'failed');
    expect(done).toMatchObject({ state: 'succeeded', result: { total_files: 4 } });
    expect(done.history.map(({ event }) => event)).toEqual([
      { new_files: 3, total_files: 3 },
      { new_files: 1, total_files: 4 },
    ]);
    expect(await readFile(join(raw, 'movie-4.tiff'))).toEqual(await readFile(growing));
  });

  test('the task of a worker that is killed goes on when it is started again, or with another one after its lease', async () => {
    await using processes = new Processes();
    const { submit, queue, steps } = await session(20, { leaseSeconds: 600, maxAttempts: 2 });
    const start = (worker: string) => {
      const child = processes.start([WORKER, server, queue, worker]);
      child.stdout?.resume();
      child.stderr?.resume();
      return child;
    };
    const task = await submit('session', { action: 'monitor', repeat: 1000 });
    const stepsAre = (most: number) => expect.poll(() => steps(task), SOON).toBeGreaterThan(most);
    const first = start('scope-1');
    await stepsAre(2);
    await processes.kill(first);
    const before = await steps(task);
    const again = start('scope-1');
    await stepsAre(before);
    expect(await client.showTask({ task })).toMatchObject({ worker: 'scope-1', attempt: 1 });
    await processes.kill(again);
    await client.cancelTask({ task });

    const short = await session(20, { leaseSeconds: 5, maxAttempts: 2 });
    const other = await short.submit('session', { action: 'monitor', repeat: 10 });
    const dying = processes.start([WORKER, server, short.queue, 'scope-1']);
    await expect.poll(() => short.steps(other), SOON).toBeGreaterThan(1);
    await processes.kill(dying);
    processes.start([WORKER, server, short.queue, 'scope-2']).stdout?.resume();
    const done = await until(client, other, 'succeeded', 'failed');
    // It went on from its checkpoint.
    expect(done).toMatchObject({ state: 'succeeded', attempt: 2, result: { count: 10 } });
    expect(await short.steps(other)).toBeLessThan(15);
  });
});
