import { expect } from 'vitest';
import type { Witness } from '../support/memory/witness.ts';
import type { MemoryWorld } from '../support/memory/world.ts';
import { type Process, startProcess, tokensOf } from './support.ts';

/** Longest time until a project that people still work on must have ended. */
const MINUTES = 12;
/** Longest time until what was deleted, or never came, must be gone. */
const HOURS = 60;
/** More files than any project here has: a worker that gets so many gets them for ever. */
const MANY = 100;

/**
 * Lets a fresh process, willing workers and the sweep bring all projects to their end in bounded time, and checks
 * that nothing was broken or left behind on the way. Answers the states they ended in: `gone` if there is none.
 *
 * `workFirst`: workers come before the sweep has repaired anything.
 */
export async function finish(world: MemoryWorld, witness: Witness, workFirst: boolean): Promise<string[]> {
  const process = startProcess({ world });
  const isOpen = () => witness.records().some(({ state }) => !OVER.includes(state));
  const isWorkedOn = () =>
    witness.records().some(({ state }) => !OVER.includes(state) && !WAITS.includes(state));
  const begun = world.clock.now();
  if (workFirst) await workOnAll(process, witness);
  while (isOpen()) {
    await process.sweep();
    await process.runJobs();
    await workOnAll(process, witness);
    const minutes = (world.clock.now() - begun) / 60_000;
    if (minutes > (isWorkedOn() ? MINUTES : HOURS * 60))
      throw new Error(`after ${minutes} min there is still ${JSON.stringify(witness.records())}`);
    await world.clock.sleep(isWorkedOn() ? 60_000 : 3_600_000);
  }
  expect(witness.broken).toEqual([]);
  expect(leftovers(world, witness)).toEqual([]);
  const states = witness.records().map(({ state }) => state);
  return states.length > 0 ? states : ['gone'];
}

const OVER = ['done', 'failed', 'refused'];
/** These need no worker, only time. */
const WAITS = ['loading', 'deleting'];

async function workOnAll(process: Process, witness: Witness): Promise<void> {
  for (const { id, state } of witness.records()) {
    if (state === 'cancelled') await process.activate(id);
    if (state === 'cancelled' || state === 'active' || state === 'abandoned') await work(process, id);
  }
}

/** Processes all files of a project that there are now. */
export async function work(process: Process, id: number): Promise<void> {
  for (let files = 0; files < MANY; ) {
    const reply = await process.reserve(id, { worker: 'finisher', count: 2 });
    if (reply.status !== 'reserved') return;
    files += reply.reservations.length;
    await process.done(id, { done: tokensOf(reply) });
  }
  throw new Error(`project ${id} has files for ever`);
}

/** What is kept of projects that are not there any more. */
function leftovers({ items, queues, bytes }: MemoryWorld, witness: Witness): string[] {
  const ids = witness.records().map(({ id }) => id);
  const isOrphan = (name: string) => {
    const [, id] = /^(?:p|manifests\/|outputs\/)(\d+)/.exec(name) ?? [];
    return id !== undefined && !ids.includes(Number(id));
  };
  return [...items.partitions(), ...queues.names(), ...bytes.keys()].filter(isOrphan);
}
