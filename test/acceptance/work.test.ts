import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import { type FileTask, runWorker } from '../../lib/worker/index.ts';
import { reservationsIn, tokenIn } from '../functions/support.ts';
import { addresses, clientAt, names, newProject, SOON } from './home.ts';

/** Asks until there is a file: one that waits for its backoff or its lease comes by itself. */
async function untilReserved(client: Client, project: number, worker: string): Promise<string> {
  await expect.poll(() => client.reserve({ project, worker }), SOON).toMatchObject({ status: 'reserved' });
  const { reservations } = await client.held({ project, worker });
  return reservations[0]?.token ?? '';
}

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'none',
      ({ code }) => code,
    );

  test('a report that is repeated gets its first answer; one that contradicts it is refused', async () => {
    const project = await newProject(client, { virtual: true, files: names(2) });
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));

    const first = await client.done({ project, done: [token] });
    expect(first.results).toMatchObject([{ accepted: true, repeated: false }]);
    expect((await client.done({ project, done: [token] })).results).toMatchObject([{ repeated: true }]);
    expect(await codeOf(client.failed({ project, failed: [{ token }] }))).toBe('already_settled');
    expect(await codeOf(client.done({ project, done: ['nonsense'] }))).toBe('token_unknown');
  });

  test('a file whose worker vanishes goes to another when its lease is over; the first is told', async () => {
    const project = await newProject(client, {
      ...{ virtual: true, files: names(1), leaseSeconds: 2, retryBackoffSeconds: 0 },
    });
    const lost = tokenIn(await client.reserve({ project, worker: 'vanishes' }));

    const token = await untilReserved(client, project, 'another');

    expect(await codeOf(client.done({ project, done: [lost] }))).toBe('overtaken');
    expect((await client.done({ project, done: [token] })).results).toMatchObject([{ accepted: true }]);
  });

  test('a heartbeat keeps a lease, and says what was lost', async () => {
    const project = await newProject(client, { virtual: true, files: names(1), leaseSeconds: 60 });
    const [held] = reservationsIn(await client.reserve({ project, worker: 'w' }));
    const { token = '', deadline = 0 } = held ?? {};

    const beat = await client.heartbeat({ project, worker: 'w', tokens: [token, `${project}.0.0.9.z`] });

    expect(beat.cancelled).toBe(false);
    expect(beat.lost).toEqual([`${project}.0.0.9.z`]);
    expect(beat.kept).toMatchObject([{ token }]);
    expect(beat.kept[0]?.deadline).toBeGreaterThanOrEqual(deadline ?? 0);
  });

  test('a file that fails is tried again as often as the project allows, and not more', async () => {
    const project = await newProject(client, {
      ...{ virtual: true, files: names(1), maxAttempts: 2, retryBackoffSeconds: 0 },
    });
    for (const attempt of [1, 2]) {
      const token = await untilReserved(client, project, 'w');
      const { reservations } = await client.held({ project, worker: 'w' });
      expect(reservations).toMatchObject([{ attempt }]);
      await client.failed({ project, failed: [{ token, reason: `attempt ${attempt}` }] });
    }
    await expect.poll(() => client.showProject({ project }), SOON).toMatchObject({ state: 'failed' });
    expect(await client.showFile({ project, did: 'f0000' })).toMatchObject({ state: 'failed', attempts: 2 });
  });

  test('what was given in an answer that was lost is found: by repeating the request, or by asking what one holds', async () => {
    const project = await newProject(client, { virtual: true, files: names(9) });
    const ask = async () =>
      reservationsIn(await client.reserve({ project, worker: 'w', count: 3, requestId: 'once' }));
    const tokensOf = (reservations: readonly { token: string }[]) => reservations.map(({ token }) => token);

    const given = [...(await ask()), ...(await ask())];

    // On AWS the repetition may meet another process, which knows nothing of the first: then it is given other files.
    const { reservations: held } = await client.held({ project, worker: 'w' });
    expect(tokensOf(held).sort()).toEqual([...new Set(tokensOf(given))].sort());
  });

  test('the worker loop goes through a project, and is told when it is over', async () => {
    const project = await newProject(client, {
      ...{ virtual: true, files: names(60), retryBackoffSeconds: 0, maxAttempts: 3 },
    });
    const seen = new Map<string, number>();
    const handler = async ({ did, attempt }: FileTask) => {
      seen.set(did, attempt);
      if (did === 'f0007' && attempt < 3) throw new Error('not yet');
      if (did === 'f0013') return { failed: 'never', retry: false };
      return undefined;
    };
    const work = (worker: string) => runWorker({ client, project, worker, handler, concurrency: 8 });

    const summaries = await Promise.all([work('one'), work('two')]);

    expect(seen.size).toBe(60);
    expect(seen.get('f0007')).toBe(3);
    expect(summaries.map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(await client.showProject({ project })).toMatchObject({
      state: 'failed',
      counts: { ready: 0, reserved: 0, done: 59, failed: 1 },
    });
    const { files } = await client.listFiles({ project, state: 'failed' });
    expect(files.map(({ did }) => did)).toEqual(['f0013']);
  });
});
