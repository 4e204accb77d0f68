import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { finish, work } from './finish.ts';
import { LEASE_MILLIS, SCENE_LAYOUT, SCENES, type Scene } from './scenes.ts';
import { type Process, startProcess, tokensOf } from './support.ts';

/** What another process does, from beginning to end, while a use-case is held up between two steps. */
interface Meanwhile {
  readonly name: string;
  readonly happens: (process: Process, id: number, twin: () => Promise<unknown>) => Promise<unknown>;
}

const MEANWHILES: readonly Meanwhile[] = [
  { name: 'the same', happens: (_process, _id, twin) => twin() },
  {
    name: 'the same, all work, and a restart',
    async happens(process, id, twin) {
      await twin();
      await finishWork(process, id);
      await restart(process, id);
    },
  },
  { name: 'all work', happens: (process, id) => finishWork(process, id) },
  { name: 'the failure of all files', happens: (process, id) => failAll(process, id) },
  { name: 'a cancel', happens: (process, id) => process.cancel(id) },
  {
    name: 'a cancel and an activate',
    async happens(process, id) {
      await process.cancel(id);
      await process.activate(id);
    },
  },
  { name: 'the first half of a delete', happens: (process, id) => process.delete(id) },
  {
    name: 'a delete',
    async happens(process, id) {
      await process.delete(id);
      await process.runJobs();
    },
  },
  { name: 'a restart', happens: (process, id) => restart(process, id) },
  {
    name: 'a restart and all work',
    async happens(process, id) {
      await restart(process, id);
      await finishWork(process, id);
    },
  },
  {
    name: 'the failure of all files and a restart',
    async happens(process, id) {
      await failAll(process, id);
      await restart(process, id);
    },
  },
  {
    name: 'a sweep and the failure of all files',
    async happens(process, id) {
      await sweep(process);
      await failAll(process, id);
    },
  },
  {
    name: 'all work, a sweep, and all work again',
    async happens(process, id) {
      await finishWork(process, id);
      await sweep(process);
      await finishWork(process, id);
    },
  },
  {
    name: 'a sweep after all leases ran out, and all work',
    async happens(process, id) {
      await process.world.clock.sleep(LEASE_MILLIS);
      await sweep(process);
      await finishWork(process, id);
    },
  },
  {
    name: 'a long silence and a sweep',
    async happens(process) {
      await process.world.clock.sleep(10 * LEASE_MILLIS);
      await sweep(process);
    },
  },
];

describe.each(SCENES)('$name', scene => {
  test('keeps every promise, whatever happens between any two of its steps', async () => {
    const steps = await play(scene, Number.POSITIVE_INFINITY);
    for (const meanwhile of MEANWHILES)
      for (let at = 1; at <= steps; at += 1)
        await play(scene, at, meanwhile).catch(cause => {
          throw new Error(`${meanwhile.name}, before step ${at}`, { cause });
        });
  });
});

/** Plays a scene, held up before step `at`. Answers how many steps it took. */
async function play({ stage, act }: Scene, at: number, meanwhile?: Meanwhile): Promise<number> {
  const world = new MemoryWorld({ layout: SCENE_LAYOUT });
  const witness = new Witness(world);
  const other = startProcess({ world });
  const id = await stage(other);
  const tokens = await tokensHeld(other, id).catch(() => []);
  let steps = 0;
  const process = startProcess({
    world,
    async onCall() {
      steps += 1;
      if (steps === at) await unlessRefused(meanwhile?.happens(other, id, () => act(other, id, tokens)));
      return undefined;
    },
  });
  // It knows the project from before, and need not read it again for a while.
  await unlessRefused(process.show(id));
  steps = 0;
  await unlessRefused(act(process, id, tokens));
  const stepsTaken = steps;
  await finish(world, witness, at % 2 === 0);
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

async function tokensHeld(process: Process, id: number): Promise<string[]> {
  const { reservations } = await process.held(id, { worker: 'w' });
  return reservations.map(({ token }) => token);
}

async function finishWork(process: Process, id: number): Promise<void> {
  const tokens = await tokensHeld(process, id);
  if (tokens.length > 0) await process.done(id, { done: tokens });
  await work(process, id);
}

async function failAll(process: Process, id: number): Promise<void> {
  const tokens = await tokensHeld(process, id);
  const more = tokensOf(await process.reserve(id, { worker: 'v', count: 6 }));
  const failed = [...tokens, ...more].map(token => ({ token, retry: false }));
  if (failed.length > 0) await process.failed(id, { failed });
}

async function restart(process: Process, id: number): Promise<void> {
  await process.restart(id, { states: ['reserved', 'done', 'failed'] });
}

async function sweep(process: Process): Promise<void> {
  await process.sweep();
  await process.runJobs();
}
