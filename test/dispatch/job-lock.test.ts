import { expect, test } from 'vitest';
import { runJobAlone } from '../../lib/dispatch/job-lock.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { startProcess } from './support.ts';

const MINUTE = 60_000;
const LOCK = { partition: 'jobs', sort: 'delete-1' };

/** A project that waits for its job to delete it, and how often such a job has begun; each takes some minutes. */
async function deleted({ minutes = 0 } = {}) {
  const clock = new VirtualClock();
  const process = startProcess({
    async onCall({ name }) {
      calls.push(name);
      if (name === 'files.remove') await clock.sleep((minutes * MINUTE) / 2);
      return undefined;
    },
  });
  const calls: string[] = [];
  const project = await process.create({ virtual: true, files: [{ name: 'f' }] });
  await process.delete(project);
  calls.length = 0;
  const context = { ...process.context, clock };
  const job = { kind: 'delete', project } as const;
  return {
    ...{ context, clock },
    run: () => runJobAlone(context, job, clock.now() + 15 * MINUTE),
    runs: () => Math.ceil(calls.filter(name => name === 'files.remove').length / 2),
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

test('a job is left to a process that is at it for long', async () => {
  const { clock, run, runs } = await deleted({ minutes: 10 });

  const first = run();
  for (let minute = 1; minute < 10; minute += 1) {
    await clock.pass(60);
    await run();
  }

  expect(runs()).toBe(1);
  await clock.until(first);
});

test('a job whose process died is free two minutes later', async () => {
  const { context, clock, run, runs } = await deleted();
  await context.store.put(LOCK, { by: 'another', until: clock.now() + 2 * MINUTE }, 0);

  await run();
  expect(runs()).toBe(0);
  await clock.pass(120);
  await run();

  expect(runs()).toBe(1);
});

test('a job is held for two minutes, and never longer than its process lives', async () => {
  const { context, clock, run } = await deleted({ minutes: 30 });
  const start = clock.now();

  const running = run();
  const heldUntil = async () => {
    const { value } = (await context.store.get(LOCK)) ?? {};
    return value && 'until' in value && (Number(value.until) - start) / MINUTE;
  };
  await clock.settle();
  expect(await heldUntil()).toBe(2);
  await clock.pass(90);
  expect(await heldUntil()).toBe(3.5);
  await clock.pass(14 * 60);
  expect(await heldUntil()).toBe(15);
  await clock.until(running);
});

test('a job that another process has taken up is not freed by the one that lost it', async () => {
  const { context, clock, run } = await deleted({ minutes: 10 });

  const running = run();
  await clock.pass(60);
  const lock = await context.store.get(LOCK);
  await context.store.put(LOCK, { by: 'another', until: clock.now() + 60 * MINUTE }, lock?.version ?? 0);
  await clock.until(running);

  expect((await context.store.get(LOCK))?.value).toMatchObject({ by: 'another' });
});
