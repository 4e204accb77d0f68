import { type Process, someFiles, tokensOf } from './support.ts';

/** A use-case on a small project, and the state of things that it meets. */
export interface Scene {
  readonly name: string;
  /** Sets the stage; answers the project's id. */
  readonly stage: (process: Process) => Promise<number>;
  /** The use-case. `tokens`: what the worker `w` holds. */
  readonly act: (process: Process, id: number, tokens: readonly string[]) => Promise<unknown>;
  /** What becomes of the project once the act was done and willing workers came; `gone` = it was deleted. */
  readonly ends: 'done' | 'failed' | 'gone';
  /** What becomes of it when the act was cut off; as `ends` if absent. */
  readonly orElse?: readonly string[];
}

/** Three blocks of two files: two in the lane `default`, one in `b`. A block has room for two leases. */
export const SCENE_LAYOUT = { ways: 3, maxLeases: 2 };
export const LEASE_MILLIS = 60_000;
const IDLE_MILLIS = 200_000;

type Settings = Partial<Parameters<Process['create']>[0]>;

function create(process: Process, settings: Settings = {}): Promise<number> {
  return process.create({
    ...{ leaseSeconds: LEASE_MILLIS / 1000, idleSeconds: IDLE_MILLIS / 1000 },
    ...{ retryBackoffSeconds: 0, maxAttempts: 3 },
    ...(!settings.manifest && { files: [...someFiles(4), ...someFiles(2, { lane: 'b' })] }),
    ...settings,
  });
}

/** A project of which `w` holds `count` files, the last ones reserved first reported as done. */
async function held(process: Process, count: number, settings?: Settings): Promise<number> {
  const id = await create(process, settings);
  const tokens = tokensOf(await process.reserve(id, { worker: 'w', count: 6 }));
  if (count < 6) await process.done(id, { done: tokens.slice(count) });
  return id;
}

async function expired(process: Process, settings?: Settings): Promise<number> {
  const id = await held(process, 6, settings);
  await process.world.clock.sleep(LEASE_MILLIS);
  return id;
}

/** One file failed; the others are done. */
async function failedOne(process: Process): Promise<number> {
  const id = await held(process, 1);
  const { reservations } = await process.held(id, { worker: 'w' });
  const [first] = reservations;
  await process.failed(id, { failed: [{ token: first?.token ?? '', retry: false }] });
  return id;
}

async function uploaded(process: Process): Promise<number> {
  const id = await create(process, { manifest: {} });
  const lines = someFiles(6).map(file => JSON.stringify(file));
  process.world.bytes.set(`manifests/${id}`, new TextEncoder().encode(lines.join('\n')));
  return id;
}

const ALL = ['reserved', 'done', 'failed'] as const;
const ask = (worker: string, count: number) => ({ worker, count, requestId: 'r' });

export const SCENES: readonly Scene[] = [
  {
    name: 'creating a project from inline files',
    stage: async () => 1,
    act: process => create(process),
    ends: 'done',
    orElse: ['done', 'gone'],
  },
  {
    name: 'announcing a manifest that never comes',
    stage: async () => 1,
    act: process => create(process, { manifest: {} }),
    ends: 'gone',
  },
  {
    name: 'loading a manifest',
    stage: uploaded,
    async act(process, id) {
      await process.load(id);
      await process.runJobs();
    },
    ends: 'done',
    orElse: ['done', 'gone'],
  },
  { name: 'reserving', stage: create, act: (process, id) => process.reserve(id, ask('v', 5)), ends: 'done' },
  {
    name: 'reserving what ran out',
    stage: expired,
    act: (process, id) => process.reserve(id, ask('v', 5)),
    ends: 'done',
  },
  {
    name: 'reserving what ran out and fails thereby',
    stage: process => expired(process, { onLeaseExpiry: 'fail' }),
    act: (process, id) => process.reserve(id, ask('v', 5)),
    ends: 'failed',
  },
  {
    name: 'waiting for a file',
    stage: process => held(process, 1),
    act: (process, id) => process.reserve(id, { ...ask('v', 1), waitSeconds: 20 }),
    ends: 'done',
  },
  {
    name: 'reviving an abandoned project',
    async stage(process) {
      const id = await create(process);
      await process.world.clock.sleep(IDLE_MILLIS);
      await process.sweep();
      return id;
    },
    act: (process, id) => process.reserve(id, ask('v', 1)),
    ends: 'done',
  },
  {
    name: 'done, of all files in one call',
    stage: process => held(process, 6),
    act: (process, id, tokens) => process.done(id, { done: [...tokens] }),
    ends: 'done',
  },
  {
    name: 'done, of the last file',
    stage: process => held(process, 1),
    act: (process, id, tokens) => process.done(id, { done: [...tokens] }),
    ends: 'done',
  },
  {
    name: 'failed, of the last file',
    stage: process => held(process, 1),
    act: (process, id, tokens) =>
      process.failed(id, { failed: tokens.map(token => ({ token, retry: false })) }),
    ends: 'failed',
    orElse: ['done', 'failed'],
  },
  {
    name: 'failed with retry',
    stage: process => held(process, 1, { retryBackoffSeconds: 10 }),
    act: (process, id, tokens) => process.failed(id, { failed: tokens.map(token => ({ token })) }),
    ends: 'done',
  },
  {
    name: 'giving files back',
    stage: process => held(process, 6),
    act: (process, id, tokens) => process.release(id, { released: [...tokens] }),
    ends: 'done',
  },
  {
    name: 'advancing',
    async stage(process) {
      const id = await create(process);
      await process.reserve(id, { worker: 'w', count: 3 });
      return id;
    },
    act: (process, id, [first = '', ...others]) =>
      process.advance(id, {
        ...{ worker: 'w', requestId: 'r', reserve: { count: 3 } },
        ...{ done: [first], failed: others.map(token => ({ token })) },
      }),
    ends: 'done',
  },
  {
    name: 'a heartbeat',
    async stage(process) {
      const id = await held(process, 3);
      await process.world.clock.sleep(LEASE_MILLIS / 2);
      return id;
    },
    act: (process, id) => process.heartbeat(id, { worker: 'w' }),
    ends: 'done',
  },
  {
    name: 'restarting files of an active project',
    async stage(process) {
      const id = await create(process);
      const [done = ''] = tokensOf(await process.reserve(id, { worker: 'w', count: 3 }));
      await process.done(id, { done: [done] });
      return id;
    },
    act: (process, id) => process.restart(id, { states: [...ALL] }),
    ends: 'done',
  },
  {
    name: 'restarting files of an ended project',
    stage: failedOne,
    act: (process, id) => process.restart(id, { states: [...ALL] }),
    ends: 'done',
    orElse: ['done', 'failed'],
  },
  {
    name: 'restarting the failed files of an ended project',
    stage: failedOne,
    act: (process, id) => process.restart(id, { states: ['failed'] }),
    ends: 'done',
    orElse: ['done', 'failed'],
  },
  {
    name: 'restarting files by name',
    stage: failedOne,
    act: (process, id) => process.restart(id, { dids: ['f0', 'f3', 'b1'] }),
    ends: 'done',
    orElse: ['done', 'failed'],
  },
  {
    name: 'copying',
    stage: process => held(process, 3),
    async act(process, id) {
      await process.copy(id, {});
      await process.runJobs();
    },
    ends: 'done',
  },
  {
    name: 'deleting',
    stage: process => held(process, 3),
    async act(process, id) {
      await process.delete(id);
      await process.runJobs();
    },
    ends: 'gone',
    orElse: ['done', 'gone'],
  },
  {
    name: 'cancelling',
    stage: process => held(process, 3),
    act: (process, id) => process.cancel(id),
    ends: 'done',
  },
  {
    name: 'activating what was finished while it was cancelled',
    async stage(process) {
      const id = await held(process, 3);
      await process.cancel(id);
      const { reservations } = await process.held(id, { worker: 'w' });
      await process.done(id, { done: reservations.map(({ token }) => token) });
      return id;
    },
    act: (process, id) => process.activate(id),
    ends: 'done',
  },
  {
    name: 'a sweep after leases ran out',
    stage: expired,
    act: process => process.sweep(),
    ends: 'done',
  },
  {
    name: 'a sweep after leases ran out whose files fail thereby',
    stage: process => expired(process, { onLeaseExpiry: 'fail' }),
    act: process => process.sweep(),
    ends: 'failed',
  },
  {
    name: 'a sweep of an idle project',
    async stage(process) {
      const id = await held(process, 3);
      await process.world.clock.sleep(IDLE_MILLIS);
      return id;
    },
    act: process => process.sweep(),
    ends: 'done',
  },
];
