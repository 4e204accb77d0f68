import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Client, UnreachableError } from '../../lib/client/index.ts';
import type { RouteReply } from '../../lib/contract/routes.ts';
import { type FileTask, PermanentError, runTaskWorker, runWorker } from '../../lib/worker/index.ts';
import { names, newProject, SOON } from './home.ts';

/** Callers of a home. */
export interface Callers {
  /** Whom nothing befalls; but a machine that has much to do may keep them waiting, too. */
  readonly calm: Client;
  /** Whose requests and answers go astray. */
  readonly troubled: Client;
}

/** Repeats a call until it is answered, as a caller's script would. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      await setTimeout(50);
    }
  }
}

/** Most of the time is waiting; a machine that has much to do needs more of it. */
export const PATIENCE = { timeout: 300_000 };
const UNTIL_ENDED = { timeout: 240_000, interval: 500 };

/** An emulator takes long over a call: what is held must outlast some, and there must not be too many of them. */
const isEmulated = process.env.AWS_ENDPOINT_URL !== undefined;
const LEASE_SECONDS = isEmulated ? 15 : 5;
const IN_HAND = isEmulated ? { concurrency: 4, prefetch: 2 } : { concurrency: 2, prefetch: 1 };

const FILES = 100;
/** Of ten files one fails for good, and one at its first attempt. */
const isHopeless = (did: string) => did.endsWith('3');
const isTriedAgain = (did: string) => did.endsWith('5');

async function workOn({ did, attempt }: FileTask) {
  await setTimeout(5);
  if (isHopeless(did)) return { failed: 'the header is broken', retry: false };
  if (isTriedAgain(did) && attempt === 1) return { failed: 'once more', retry: true };
  return undefined;
}

/**
 * A project of which troubled workers do all work. In the end each file is what its work came to, the project's counts
 * are those of its files, and for each file one report was accepted: that of the attempt it is told to have had.
 *
 * `beside` works beside them.
 */
export async function aProjectThroughFaults(
  { calm, troubled }: Callers,
  beside: (project: number) => Promise<void> = async () => {},
): Promise<void> {
  const files = names(FILES);
  // What was given in an answer that was lost comes back when its lease is over: as often as that happens.
  const settings = { leaseSeconds: LEASE_SECONDS, retryBackoffSeconds: 0, maxAttempts: null };
  const project = await patiently(() => newProject(calm, { virtual: true, files, ...settings }));
  const begun = new Map<string, FileTask>();
  /** File → the attempts of which a report was accepted that is the file's end. */
  const accepted = new Map<string, Set<number>>();
  const advance: Client['advance'] = async (input, options) => {
    const reply = await troubled.advance(input, options);
    for (const { token = '' } of reply.results.filter(isEnd)) {
      const { did, attempt } = begun.get(token) ?? { did: token, attempt: 0 };
      accepted.set(did, (accepted.get(did) ?? new Set()).add(attempt));
    }
    return reply;
  };
  const work = (worker: string) =>
    runWorker({
      ...{ client: { ...troubled, advance }, project, worker, ...IN_HAND, waitSeconds: 1 },
      handler(file) {
        begun.set(file.token, file);
        return workOn(file);
      },
    });
  await Promise.all([work('one'), work('two'), work('three'), beside(project)]);

  const failed = files.filter(({ name }) => isHopeless(name)).length;
  expect(await patientlyShown(calm, project)).toMatchObject({
    state: 'failed',
    counts: { ready: 0, reserved: 0, done: FILES - failed, failed },
  });
  const { files: listed } = await patiently(() => calm.listFiles({ project, limit: 1000 }));
  expect(listed.map(({ did, state }) => [did, state])).toEqual(
    files.map(({ name }) => [name, isHopeless(name) ? 'failed' : 'done']),
  );
  expect(listed.filter(({ did, attempts }) => isTriedAgain(did) && attempts < 2)).toEqual([]);
  const attemptsOf = new Map(listed.map(({ did, attempts }) => [did, attempts]));
  for (const [did, attempts] of accepted) expect([did, ...attempts]).toEqual([did, attemptsOf.get(did)]);
  expect(accepted.size).toBeGreaterThan(FILES / 2);
}

function isEnd(result: RouteReply<'advance'>['results'][number]): boolean {
  return result.accepted && (result.state === 'done' || result.state === 'failed');
}

/** Functions may know a project's state from a while ago. */
async function patientlyShown(client: Client, project: number) {
  await expect.poll(() => client.showProject({ project }), SOON).not.toMatchObject({ state: 'active' });
  return patiently(() => client.showProject({ project }));
}

const TASKS = 16;
const STEPS = [1, 2, 3];
const nameOfTask = (n: number) => ['plain', 'plain', 'again', 'hopeless'][n % 4] ?? 'plain';

/**
 * Tasks of a queue that are submitted and run by troubled callers. In the end each is there once and is what its work
 * came to, its last attempt is told of once and in order, and one end of it was accepted.
 */
export async function tasksThroughFaults({ calm, troubled }: Callers): Promise<void> {
  const queue = `f${crypto.randomUUID().slice(0, 8)}`;
  const settings = { leaseSeconds: LEASE_SECONDS, retryBackoffSeconds: 0, maxAttempts: 50, concurrency: 8 };
  await patiently(() => calm.putQueue({ queue, ...settings }));
  const submitted = await Promise.all(
    Array.from({ length: TASKS }, (_, n) =>
      patiently(() =>
        // The key makes it one task, however often the call arrives.
        troubled.submitTask({ name: nameOfTask(n), queue, args: { n }, dedupKey: `task-${n}` }),
      ),
    ),
  );
  /** Task → the tokens of which an end was accepted that is the task's. */
  const accepted = new Map<string, Set<string>>();
  const endTask: Client['endTask'] = async (input, options) => {
    const reply = await troubled.endTask(input, options);
    const [id = ''] = input.token.split('.');
    if (reply.state !== 'queued') accepted.set(id, (accepted.get(id) ?? new Set()).add(input.token));
    return reply;
  };
  const over = new AbortController();
  const work = (worker: string) =>
    runTaskWorker({
      ...{ client: { ...troubled, endTask }, worker, queues: [queue], concurrency: 4, waitSeconds: 1 },
      signal: over.signal,
      async defaultHandler({ name, attempt }, context) {
        for (const step of STEPS) await context.update({ attempt, step });
        if (name === 'hopeless') throw new PermanentError('the header is broken');
        if (name === 'again' && attempt === 1) throw new Error('once more');
        return { attempt };
      },
      handlers: {},
    });
  const working = ['one', 'two', 'three'].map(work);
  await expect
    .poll(async () => (await calm.showQueue({ queue })).counts, UNTIL_ENDED)
    .toMatchObject({ queued: 0, scheduled: 0, running: 0 })
    .finally(() => over.abort());
  await Promise.all(working);

  const hopeless = submitted.filter(({ name }) => name === 'hopeless').length;
  expect((await patiently(() => calm.showQueue({ queue }))).counts).toMatchObject({
    ...{ scheduled: 0, queued: 0, running: 0, cancelling: 0, cancelled: 0 },
    ...{ succeeded: TASKS - hopeless, failed: hopeless },
  });
  const { tasks } = await patiently(() => calm.listTasks({ queue, limit: 1000 }));
  expect(tasks.map(({ id }) => id).sort()).toEqual(submitted.map(({ id }) => id).sort());
  for (const { id } of tasks) {
    const { name, state, attempt, history, result } = await patiently(() => calm.showTask({ task: id }));
    const told = history.filter(({ event }) => event.attempt === attempt).map(({ event }) => event.step);
    expect({ id, state, told }).toEqual({
      id,
      state: name === 'hopeless' ? 'failed' : 'succeeded',
      told: STEPS,
    });
    if (state === 'succeeded') expect(result).toEqual({ attempt });
    if (name === 'again') expect(attempt).toBeGreaterThan(1);
    expect(accepted.get(id)?.size ?? 1).toBe(1);
  }
  expect(accepted.size).toBeGreaterThan(TASKS / 2);
}
