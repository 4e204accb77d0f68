import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Configuration } from '../../../lib/contract/queues.ts';
import { systemClock } from '../../../lib/embedded/system-clock.ts';
import { runTaskWorker, type TaskFunction } from '../../../lib/worker/index.ts';
import { startTestServer } from '../../functions/support.ts';
import { temporaryFolder } from '../support.ts';

/** The embedded server with a worker whose handler is given, and a folder of files that it shares. */
async function home(work: TaskFunction) {
  const [share, scratch] = [temporaryFolder(), temporaryFolder()];
  const movie = join(share, 'movie 1.mrc');
  await writeFile(movie, 'frames');
  const { client } = await startTestServer({
    ...{ shares: [share], clock: systemClock },
    configuration: Configuration.parse({ queues: { q: { maxAttempts: 1 } } }),
  });
  const stop = new AbortController();
  const ended = runTaskWorker({
    ...{ client, worker: 'w1', queues: ['q'], handlers: { work }, scratch, signal: stop.signal },
  });
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return {
    client,
    scratch,
    inputs: { movie: `file://${encodeURI(movie)}` },
    async run(files: { inputs?: Record<string, string>; outputs?: Record<string, string> }) {
      const { id } = await client.submitTask({ name: 'work', queue: 'q', ...files });
      for (;;) {
        const task = await client.showTask({ task: id });
        if (task.endedAt !== undefined) return task;
        await systemClock.sleep(20);
      }
    },
    outputOf: async (task: string, name: string) =>
      (await fetch((await client.taskOutputs({ task })).outputs[name] ?? '')).text(),
  };
}

describe('the files of a task that is run', () => {
  test('are paths with their extensions; what is left at those of outputs is stored, and nothing stays', async () => {
    const { run, inputs, scratch, outputOf } = await home(async (_task, context) => {
      const { movie = '' } = context.inputs;
      const { report = '' } = context.outputs;
      await writeFile(report, (await readFile(movie, 'utf8')).toUpperCase());
      return { input: basename(movie), output: basename(report) };
    });
    const { id, state, result } = await run({ inputs, outputs: { report: 'sluice:sum.csv' } });
    expect([state, result]).toEqual(['succeeded', { input: 'movie_1.mrc', output: 'sum.csv' }]);
    expect(await outputOf(id, 'report')).toBe('FRAMES');
    expect(await readdir(scratch)).toEqual([]);
  });

  test('are cleaned up after a failure, and no output of it counts', async () => {
    const { run, inputs, scratch, client } = await home(async (_task, { outputs }) => {
      await writeFile(outputs.report ?? '', 'half');
      throw new Error('broken');
    });
    const { id, error } = await run({ inputs, outputs: { report: 'sluice:sum.csv' } });
    expect(error?.message).toBe('broken');
    expect(await client.taskOutputs({ task: id })).toEqual({ outputs: {} });
    expect(await readdir(scratch)).toEqual([]);
  });

  test('must all be made', async () => {
    const { run } = await home(() => undefined);
    expect((await run({ outputs: { report: 'sluice:sum.csv' } })).error?.message).toBe(
      'there is no output report: nothing was left at its path',
    );
  });

  test('are named when they cannot be read', async () => {
    const { run, inputs, scratch } = await home(() => undefined);
    const gone = `${inputs.movie}.gone`;
    expect((await run({ inputs: { a: gone } })).error?.message).toMatch(
      /^input a: cannot download: .* answered 404$/,
    );
    expect((await run({ inputs: { b: 's3://bucket/key' } })).error?.message).toBe(
      'input b: cannot download: bucket URLs cannot be read here',
    );
    expect(await readdir(scratch)).toEqual([]);
  });
});
