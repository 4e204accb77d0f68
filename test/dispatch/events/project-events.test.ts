import { expect, test } from 'vitest';
import { PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { type CallName, Crash, FAULTS, type Fault } from '../../support/memory-home.ts';
import { someFiles, startProcess, tokensOf } from '../support.ts';

/** A world in which somebody hears of everything. */
function heard(): MemoryWorld {
  const world = new MemoryWorld();
  world.listeners = ['memory:all'];
  return world;
}
const told = ({ sent }: MemoryWorld) => sent.map(({ id }) => id);

test('what befalls a project is told to those who hear of everything, each time with an id of its own', async () => {
  const world = heard();
  const process = startProcess({ world });
  const id = await process.create({ title: 'run 7', files: someFiles(2) });
  await process.cancel(id);
  await process.activate(id);
  const tokens = tokensOf(await process.reserve(id, { worker: 'w', count: 2 }));
  await process.done(id, { done: tokens });
  await process.restart(id, { states: ['done'] });
  const again = tokensOf(await process.reserve(id, { worker: 'w', count: 2 }));
  await process.failed(id, { failed: again.map(token => ({ token, retry: false })) });
  await process.delete(id);
  expect(told(world)).toEqual(
    ['loaded', 'cancelled', 'activated', 'done', 'restarted', 'failed', 'deleted'].map(
      (event, index) => `project-${id}.${index + 1}.${event}`,
    ),
  );
  expect(world.sent[3]).toEqual({
    ...{ id: 'project-1.4.done', event: 'done', project: 1, title: 'run 7', owner: 'ann', files: 2 },
    at: expect.any(Number),
    counts: { ready: 0, reserved: 0, done: 2, failed: 0 },
  });
});

test('a project that nobody asks for is told to be abandoned, and active again', async () => {
  const world = heard();
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1), idleSeconds: 600 });
  await world.clock.sleep(700_000);
  await process.sweep();
  await process.reserve(id, { worker: 'w' });
  expect(world.sent.map(({ event }) => event)).toEqual(['loaded', 'abandoned', 'activated']);
});

test('what its writer did not tell is told by the sweep, once the writer has had the time to', async () => {
  const world = heard();
  const calm = startProcess({ world });
  const id = await calm.create({ files: someFiles(1) });
  const dying = startProcess({
    world,
    onCall: ({ name }) => (name === 'outbound.send' ? 'crash' : undefined),
  });
  await expect(dying.cancel(id)).rejects.toThrow(Crash);
  await calm.sweep();
  expect(told(world)).toEqual(['project-1.1.loaded']);
  await world.clock.sleep(61_000);
  await calm.sweep();
  expect(told(world)).toEqual(['project-1.1.loaded', 'project-1.2.cancelled']);
});

test('where nobody hears of projects, their events cost nothing but a look at who does', async () => {
  const process = startProcess();
  const id = await process.create({ files: someFiles(1) });
  const before = process.home.calls.length;
  await process.cancel(id);
  const calls: CallName[] = process.home.calls.slice(before);
  expect(calls.filter(name => name === 'store.put')).toHaveLength(1);
  expect(calls.filter(name => name === 'outbound.send')).toEqual([]);
});

test('whatever goes wrong at any one step, an end of a project is told, in its turn', {
  timeout: 60_000,
}, async () => {
  const play = async (mishap?: { at: number; fault: Fault }) => {
    const world = heard();
    const calm = startProcess({ world });
    const id = await calm.create({ files: someFiles(1) });
    const [token = ''] = tokensOf(await calm.reserve(id, { worker: 'w' }));
    const process = startProcess({
      world,
      onCall: ({ number }) => (number === mishap?.at ? mishap.fault : undefined),
    });
    await process.done(id, { done: [token] }).catch(error => {
      if (!(error instanceof Crash || error instanceof PortUnavailable)) throw error;
    });
    for (let minute = 0; minute < 8; minute += 1) {
      await world.clock.sleep(60_000);
      await calm.sweep();
      // What was not reported is handed out again, or reported again.
      const again = tokensOf(await calm.reserve(id, { worker: 'w', requestId: `r${minute}` }));
      await calm.done(id, { done: [token, ...again] });
    }
    return { world, calls: process.home.calls, state: (await calm.show(id)).state };
  };
  const { calls } = await play();
  for (const at of calls.keys())
    for (const fault of FAULTS) {
      const { world, state } = await play({ at: at + 1, fault });
      const story = `${fault} at ${at + 1} (${calls[at]})`;
      expect(state, story).toBe('done');
      expect([...new Set(told(world))], story).toEqual(['project-1.1.loaded', 'project-1.2.done']);
    }
});
