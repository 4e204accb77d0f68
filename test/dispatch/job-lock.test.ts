import { expect, test } from 'vitest';
import { runJobAlone } from '../../lib/dispatch/job-lock.ts';
import { startProcess } from './support.ts';

const MINUTE = 60_000;

/** A project that waits for its job to delete it, and how often such a job has begun. */
async function deleted() {
  const process = startProcess({ onCall: ({ name }) => void calls.push(name) });
  const calls: string[] = [];
  const project = await process.create({ virtual: true, files: [{ name: 'f' }] });
  await process.delete(project);
  calls.length = 0;
  const { context } = process;
  const job = { kind: 'delete', project } as const;
  return {
    context,
    run: () => runJobAlone(context, job, context.clock.now() + MINUTE),
    runs: () => calls.filter(name => name === 'files.remove').length / 2,
    advance: (millis: number) => context.clock.sleep(millis),
  };
}

test('a job that another process is at is left to it', async () => {
  const { run, runs } = await deleted();

  await Promise.all([run(), run()]);

  expect(runs()).toBe(1);
});

test('a job that has ended may be run again at once', async () => {
  const { run, runs } = await deleted();

  await run();
  await run();

  expect(runs()).toBe(2);
});

test('a job whose process died is free when that process would have been over', async () => {
  const { context, run, runs, advance } = await deleted();
  await context.store.put(
    { partition: 'jobs', sort: 'delete-1' },
    { until: context.clock.now() + MINUTE },
    0,
  );

  await run();
  expect(runs()).toBe(0);
  await advance(MINUTE);
  await run();

  expect(runs()).toBe(1);
});
