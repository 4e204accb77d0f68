import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../lib/dispatch/problem.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { finish } from './finish.ts';
import { LEASE_SECONDS, TASK_SCENES, type TaskScene } from './scenes.ts';
import { startTasks, type TaskProcess, tasksIn } from './support.ts';
import { TaskWitness } from './witness.ts';

/** What another process does, from beginning to end, while a use-case is held up between two steps. */
interface Meanwhile {
  readonly name: string;
  readonly happens: (process: TaskProcess, twin: () => Promise<unknown>) => Promise<unknown>;
}

const MEANWHILES: readonly Meanwhile[] = [
  { name: 'the same', happens: (_process, twin) => twin() },
  { name: 'all work', happens: process => finishWork(process) },
  {
    name: 'the same and all work',
    async happens(process, twin) {
      await twin();
      await finishWork(process);
    },
  },
  { name: 'the failure of all tasks', happens: process => failAll(process) },
  {
    name: 'the failure of all tasks, and a retry',
    async happens(process) {
      await failAll(process);
      await ofEach(process, id => process.retry(id));
    },
  },
  { name: 'a cancel', happens: process => ofEach(process, id => process.cancel(id)) },
  {
    name: 'a cancel and a retry',
    async happens(process) {
      await cancelAll(process);
      await ofEach(process, id => process.retry(id));
    },
  },
  {
    name: 'a retry of what is over, and a reserve',
    async happens(process) {
      await ofEach(process, id => process.retry(id));
      await process.reserve({ worker: 'u', queues: ['q'], count: 9 });
    },
  },
  {
    name: 'a cancel and a deletion',
    async happens(process) {
      await cancelAll(process);
      await ofEach(process, id => process.delete(id));
    },
  },
  {
    name: 'all work after all leases ran out',
    async happens(process) {
      await process.world.clock.sleep(LEASE_SECONDS * 1000);
      await finishWork(process);
    },
  },
  {
    name: 'a long silence and a sweep',
    async happens(process) {
      await process.world.clock.sleep(10 * LEASE_SECONDS * 1000);
      await process.sweep();
    },
  },
  {
    name: 'a pause, a sweep and a resume',
    async happens(process) {
      await process.pause('q');
      await process.sweep();
      await process.resume('q');
    },
  },
];

/** A scene is played many times over. */
const PATIENCE_MILLIS = 60_000;

describe.each(TASK_SCENES)('$name', scene => {
  test('keeps every promise, whatever happens between any two of its steps', {
    timeout: PATIENCE_MILLIS,
  }, async () => {
    const steps = await play(scene, Number.POSITIVE_INFINITY);
    for (const meanwhile of MEANWHILES)
      for (let at = 1; at <= steps; at += 1)
        await play(scene, at, meanwhile).catch(cause => {
          throw new Error(`${meanwhile.name}, before step ${at}`, { cause });
        });
  });
});

/** Plays a scene, held up before step `at`. Answers how many steps it took. */
async function play({ stage, act, concurrency }: TaskScene, at: number, meanwhile?: Meanwhile) {
  const world = new MemoryWorld();
  const witness = new TaskWitness(world, concurrency);
  const other = startTasks({ world });
  await stage(other);
  const [{ token } = { token: '' }] = (await other.held({ worker: 'w' })).tasks;
  let steps = 0;
  const process = startTasks({
    world,
    async onCall() {
      steps += 1;
      if (steps === at) await unlessRefused(meanwhile?.happens(other, () => act(other, token, false)));
      return undefined;
    },
  });
  await unlessRefused(act(process, token, false));
  const stepsTaken = steps;
  await finish(world, witness);
  return stepsTaken;
}

/** One of the two may be refused for what the other did; anything else that goes wrong is a defect. */
async function unlessRefused(asked: Promise<unknown> | undefined): Promise<void> {
  try {
    await asked;
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
  }
}

/** Does something to each task where that can be done. */
async function ofEach(process: TaskProcess, act: (id: string) => Promise<unknown>): Promise<void> {
  const { tasks } = await process.list({ queue: 'q' });
  for (const { id } of tasks) await unlessRefused(act(id));
}

/** All that is held or can be had. */
async function tokensOf(process: TaskProcess): Promise<string[]> {
  const { tasks } = await process.held({ worker: 'w' });
  const more = tasksIn(await process.reserve({ worker: 'u', queues: ['q'], count: 9 }));
  return [...tasks, ...more].map(({ token }) => token);
}

async function finishWork(process: TaskProcess): Promise<void> {
  for (const token of await tokensOf(process))
    await unlessRefused(process.end({ token, outcome: 'succeeded' }));
}

async function failAll(process: TaskProcess): Promise<void> {
  const failed = { outcome: 'failed', retry: false, error: { message: 'no' } } as const;
  for (const token of await tokensOf(process)) await unlessRefused(process.end({ token, ...failed }));
}

async function cancelAll(process: TaskProcess): Promise<void> {
  await ofEach(process, id => process.cancel(id));
  const { tasks } = await process.held({ worker: 'w' });
  for (const { token } of tasks) await unlessRefused(process.end({ token, outcome: 'cancelled' }));
}
