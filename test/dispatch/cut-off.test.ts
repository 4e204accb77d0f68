import { describe, expect, test } from 'vitest';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { type CallName, Crash, FAULTS, type Fault, type PortCall } from '../support/memory-home.ts';
import { finish } from './finish.ts';
import { SCENE_LAYOUT, SCENES, type Scene } from './scenes.ts';
import { startProcess } from './support.ts';

/** What goes wrong, at which call, and what follows. */
interface Mishap {
  readonly at: number;
  readonly fault: Fault;
  /** The caller, having met an error, asks the same of another process. */
  readonly again: boolean;
  readonly workFirst: boolean;
}

describe.each(SCENES)('$name', scene => {
  test('ends well when nothing goes wrong', async () => {
    expect(await play(scene)).toMatchObject({ error: undefined, states: new Set([scene.ends]) });
  });

  test('comes to the same end, whatever goes wrong at any one step', async () => {
    const { calls } = await play(scene);
    for (const mishap of mishapsOf(calls)) {
      const story = `${mishap.fault} at ${mishap.at} (${calls[mishap.at - 1]}), ${JSON.stringify(mishap)}`;
      const { error, states } = await play(scene, mishap).catch(cause => {
        throw new Error(story, { cause });
      });
      expect(isExpected(error), `${story}: ${error}`).toBe(true);
      const ends: readonly string[] =
        error === undefined ? [scene.ends] : [scene.ends, ...(scene.orElse ?? [])];
      expect(ends, story).toEqual(expect.arrayContaining([...states]));
    }
  });
});

function* mishapsOf(calls: readonly CallName[]): Generator<Mishap> {
  for (const at of calls.keys())
    for (const [kind, fault] of FAULTS.entries())
      for (const again of [true, false]) yield { at: at + 1, fault, again, workFirst: (at + kind) % 2 === 0 };
}

async function play({ stage, act }: Scene, mishap?: Mishap) {
  const world = new MemoryWorld({ layout: SCENE_LAYOUT });
  const witness = new Witness(world);
  const before = startProcess({ world });
  const id = await stage(before);
  const { reservations } = await before.held(id, { worker: 'w' }).catch(() => ({ reservations: [] }));
  const tokens = reservations.map(({ token }) => token);
  const onCall = ({ number }: PortCall) => (number === mishap?.at ? mishap.fault : undefined);
  const process = startProcess({ world, onCall });
  let error = await errorOf(act(process, id, tokens));
  if (error && mishap?.again) error = await errorOf(act(startProcess({ world }), id, tokens));
  const states = new Set(await finish(world, witness, mishap?.workFirst ?? false));
  return { calls: process.home.calls, error, states };
}

async function errorOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A caller may hear that a port failed, or that what it asks for again has been done. Anything else is a defect. */
function isExpected(error: unknown): boolean {
  return [Crash, PortUnavailable, ProblemError, undefined].some(kind =>
    kind ? error instanceof kind : error === undefined,
  );
}
