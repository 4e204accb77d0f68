import { expect } from 'vitest';
import type { JsonObject } from '../../../lib/dispatch/ports.ts';
import { isTerminal } from '../../../lib/domain/task/task.ts';
import type { MemoryWorld } from '../../support/memory/world.ts';
import { startTasks, tasksIn } from './support.ts';
import type { TaskWitness } from './witness.ts';

/** Lets a fresh process, willing workers and the sweep bring all tasks to their end, and looks at what was sent. */
export async function finish(world: MemoryWorld, witness: TaskWitness): Promise<void> {
  const process = startTasks({ world });
  await process.resume('q');
  const begun = world.clock.now();
  const isOpen = () =>
    [...witness.tasks.values()].some(({ state, outbox }) => !isTerminal(state) || outbox.length > 0) ||
    world.items.list('outgoing/memory:', { limit: 1 }).length > 0;
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
