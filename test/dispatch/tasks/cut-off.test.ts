import { describe, expect, test } from 'vitest';
import { type JsonObject, PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { ProblemError } from '../../../lib/dispatch/problem.ts';
import { isTerminal } from '../../../lib/domain/task/task.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { type CallName, Crash, FAULTS, type Fault } from '../../support/memory-home.ts';
import { TASK_SCENES, type TaskScene } from './scenes.ts';
import { startTasks, tasksIn } from './support.ts';
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
    const { calls } = await play(scene);
    for (const mishap of mishapsOf(calls)) {
      const story = `${mishap.fault} at ${mishap.at} (${calls[mishap.at - 1]}), ${JSON.stringify(mishap)}`;
      const { error, tasks } = await play(scene, mishap).catch(cause => {
        throw new Error(story, { cause });
      });
      expect(isExpected(error), `${story}: ${error}`).toBe(true);
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
  let error = await errorOf(act(process, token));
  if (error && mishap?.again) error = await errorOf(act(startTasks({ world }), token));
  await finish(world, witness);
  return { calls: process.home.calls, error, tasks: witness.tasks.size };
}

/** Lets a fresh process, willing workers and the sweep bring all tasks to their end, and looks at what was sent. */
async function finish(world: MemoryWorld, witness: TaskWitness): Promise<void> {
  const process = startTasks({ world });
  const begun = world.clock.now();
  const isOpen = () =>
    [...witness.tasks.values()].some(({ state, outbox }) => !isTerminal(state) || outbox.length > 0);
  while (isOpen()) {
    await process.sweep();
    for (;;) {
      const held = tasksIn(await process.reserve({ worker: 'finisher', queues: ['q'], count: 9 }));
      if (held.length === 0) break;
      for (const { token } of held) await process.end({ token, outcome: 'succeeded' });
    }
    const minutes = (world.clock.now() - begun) / 60_000;
    if (minutes > 12) throw new Error(`after ${minutes} min: ${JSON.stringify([...witness.tasks.values()])}`);
    await world.clock.sleep(30_000);
  }
  expect(witness.broken).toEqual([]);
  for (const [id, { state, attempt }] of witness.tasks)
    expectEvents(
      world.sent.filter(({ task }) => task === id),
      id,
      state,
      attempt,
    );
}

/**
 * All that befell a task was told, in order: none is missing, though some may have come twice. An attempt began once, and
 * before the end that its worker told; it ended once; and the last word is how the task ended.
 */
function expectEvents(sent: readonly JsonObject[], id: string, state: string, attempt: number): void {
  const events = [...new Map(sent.map(event => [String(event.id), event])).values()];
  expect(events.map(event => event.id)).toEqual(
    events.map(({ event }, index) => `${id}.${index + 1}.${event}`),
  );
  const end = { succeeded: 'completed', failed: 'failed', cancelled: 'cancelled' }[state];
  expect(events.at(-1)).toMatchObject({ event: end, attempt });
  for (let n = 1; n <= attempt; n += 1) {
    const names = events.filter(event => event.attempt === n).map(({ event }) => String(event));
    expect(names.filter(name => name === 'started').length, `${names}`).toBeLessThanOrEqual(1);
    expect(names.filter(name => isEnding(name)).length, `${names}`).toBeLessThanOrEqual(1);
    expect(names.includes('completed') && names[0] !== 'started', `${names}`).toBe(false);
  }
}

function isEnding(event: string): boolean {
  return event === 'completed' || event === 'retrying' || event === 'failed';
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
  return error === undefined || [Crash, PortUnavailable, ProblemError].some(kind => error instanceof kind);
}
