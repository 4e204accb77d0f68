import { describe, expect, test } from 'vitest';
import { PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { ProblemError } from '../../../lib/dispatch/problem.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { type CallName, Crash, FAULTS, type Fault } from '../../support/memory-home.ts';
import { finish } from './finish.ts';
import { TASK_SCENES, type TaskScene } from './scenes.ts';
import { startTasks } from './support.ts';
import { TaskWitness } from './witness.ts';

/** What goes wrong, at which call, and whether the caller then asks another process for the same. */
interface Mishap {
  readonly at: number;
  readonly fault: Fault;
  readonly again: boolean;
}

/** A scene is played many times over. */
const PATIENCE_MILLIS = 60_000;

describe.each(TASK_SCENES)('$name', scene => {
  test('ends well when nothing goes wrong', async () => {
    expect(await play(scene)).toMatchObject({ error: undefined, tasks: scene.tasks });
  });

  test('comes to a good end, whatever goes wrong at any one step', { timeout: PATIENCE_MILLIS }, async () => {
    const { calls, answer: expected } = await play(scene);
    for (const mishap of mishapsOf(calls)) {
      const story = `${mishap.fault} at ${mishap.at} (${calls[mishap.at - 1]}), ${JSON.stringify(mishap)}`;
      const { error, answer, tasks } = await play(scene, mishap).catch(cause => {
        throw new Error(story, { cause });
      });
      expect(isExpected(error, scene, mishap), `${story}: ${error}`).toBe(true);
      if (!error) expect(answer, story).toEqual(expected);
      expect([scene.tasks, ...(scene.orElse ?? [])], story).toContain(tasks);
    }
  });
});

function* mishapsOf(calls: readonly CallName[]): Generator<Mishap> {
  for (const at of calls.keys())
    for (const fault of FAULTS) for (const again of [true, false]) yield { at: at + 1, fault, again };
}

async function play({ stage, act, concurrency }: TaskScene, mishap?: Mishap) {
  const world = new MemoryWorld();
  const witness = new TaskWitness(world, concurrency);
  const before = startTasks({ world });
  await stage(before);
  const { tasks } = await before.held({ worker: 'w' });
  const token = tasks[0]?.token ?? '';
  const process = startTasks({
    world,
    onCall: ({ number }) => (number === mishap?.at ? mishap.fault : undefined),
  });
  let { error, answer } = await outcomeOf(act(process, token, false));
  if (error && mishap?.again) ({ error, answer } = await outcomeOf(act(startTasks({ world }), token, true)));
  await finish(world, witness);
  return { calls: process.home.calls, error, answer, tasks: witness.tasks.size };
}

async function outcomeOf(asked: Promise<unknown>): Promise<{ error?: unknown; answer?: unknown }> {
  try {
    return { answer: await asked };
  } catch (error) {
    return { error };
  }
}

/**
 * A caller hears at most that the process is gone, or that a port failed. Who asks again is answered, or told that what
 * it asks for has been done. Anything else is a defect.
 */
function isExpected(error: unknown, { refusedAgain }: TaskScene, { again }: Mishap): boolean {
  if (error === undefined) return true;
  if (!again) return error instanceof Crash || error instanceof PortUnavailable;
  return error instanceof ProblemError && error.code === refusedAgain;
}
