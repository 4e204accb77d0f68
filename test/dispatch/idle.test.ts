import { expect, test } from 'vitest';
import { activityKey } from '../../lib/dispatch/activity.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const IDLE_SECONDS = 600;

async function idleProject(settings: { idleSeconds?: number | null } = {}): Promise<[Process, number]> {
  const process = startProcess();
  const files = someFiles(3);
  return [
    process,
    await process.create({ files, leaseSeconds: null, idleSeconds: IDLE_SECONDS, ...settings }),
  ];
}

/** The project's state once this time has passed and the sweep came by. */
async function stateAfter(process: Process, id: number, seconds: number): Promise<string> {
  await process.world.clock.sleep(seconds * 1000);
  await process.sweep();
  return (await process.show(id)).state;
}

test('a project that nobody asks about is abandoned after its idle time, not before', async () => {
  const [process, id] = await idleProject();
  expect(await stateAfter(process, id, IDLE_SECONDS - 1)).toBe('active');
  expect(await stateAfter(process, id, 1)).toBe('abandoned');
});

test('a project without an idle time waits for ever', async () => {
  const [process, id] = await idleProject({ idleSeconds: null });
  expect(await stateAfter(process, id, 365 * 86_400)).toBe('active');
});

test.each<[string, (process: Process, id: number, token: string) => Promise<unknown>]>([
  ['reserve', (process, id) => process.reserve(id, { worker: 'v' })],
  ['done', (process, id, token) => process.done(id, { done: [token] })],
  ['failed', (process, id, token) => process.failed(id, { failed: [{ token }] })],
  ['advance', (process, id, token) => process.advance(id, { worker: 'w', done: [token], reserve: {} })],
])('%s makes an abandoned project active again, and begins its idle time anew', async (_verb, ask) => {
  const [process, id] = await idleProject();
  const [token = ''] = tokensOf(await process.reserve(id, { worker: 'w' }));
  expect(await stateAfter(process, id, IDLE_SECONDS)).toBe('abandoned');
  await ask(process, id, token);
  expect(await process.show(id)).toMatchObject({ state: 'active' });
  expect(await stateAfter(process, id, IDLE_SECONDS - 1)).toBe('active');
  expect(await stateAfter(process, id, 1)).toBe('abandoned');
});

test('heartbeats keep a project from being abandoned', async () => {
  const [process, id] = await idleProject();
  await process.reserve(id, { worker: 'w' });
  for (let beats = 0; beats < 10; beats += 1) {
    await process.heartbeat(id, { worker: 'w' });
    expect(await stateAfter(process, id, IDLE_SECONDS / 2)).toBe('active');
  }
});

test('a restart and an activation begin the idle time anew', async () => {
  const [process, id] = await idleProject();
  await process.world.clock.sleep((IDLE_SECONDS - 1) * 1000);
  await process.restart(id, { states: ['done'] });
  expect(await stateAfter(process, id, IDLE_SECONDS - 1)).toBe('active');
  await process.cancel(id);
  await process.world.clock.sleep(IDLE_SECONDS * 1000);
  await process.activate(id);
  expect(await stateAfter(process, id, IDLE_SECONDS - 1)).toBe('active');
});

test('a project that is activated while the sweep finds it idle is not abandoned', async () => {
  const [owner, id] = await idleProject();
  const { world } = owner;
  await world.clock.sleep(IDLE_SECONDS * 1000);
  const process = startProcess({
    world,
    async onCall({ name }) {
      if (name !== 'store.get') return undefined;
      await owner.cancel(id);
      await owner.activate(id);
      return undefined;
    },
  });
  await process.sweep();
  expect((await startProcess({ world }).show(id)).state).toBe('active');
});

test('activity is written twice a minute at most, however much there is', async () => {
  const [process, id] = await idleProject();
  const begun = process.world.clock.now();
  for (let asked = 0; asked < 300; asked += 1) {
    await process.reserve(id, { worker: 'w' });
    await process.world.clock.sleep(1_000);
  }
  const minutes = (process.world.clock.now() - begun) / 60_000;
  // Once for being asked, once for having had nothing: each twice a minute.
  expect(process.world.items.get(activityKey(id))?.version).toBeLessThanOrEqual(4 * minutes);
});

test('a note that cannot be written keeps no files from a worker, and is written the next time', async () => {
  const [process, id] = await idleProject();
  const { world } = process;
  let puts = 0;
  const troubled = startProcess({
    world,
    onCall: ({ name }) => {
      if (name === 'store.put') puts += 1;
      return name === 'store.put' && puts === 2 ? 'unavailable' : undefined;
    },
  });
  expect((await troubled.reserve(id, { worker: 'w' })).status).toBe('reserved');
  expect(world.items.get(activityKey(id))).toBeUndefined();
  await troubled.reserve(id, { worker: 'w' });
  expect(world.items.get(activityKey(id))).toBeDefined();
});
