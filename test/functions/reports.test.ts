import { describe, expect, test } from 'vitest';
import type { CreateProject } from '../../lib/contract/projects.ts';
import type { RouteInput } from '../../lib/contract/routes.ts';
import {
  codeOf,
  files,
  refusalOf,
  reservationsIn,
  startTestServer,
  type TestServer,
  tokenIn,
} from './support.ts';

/** A server whose project 1 has files `f0`, `f1`, … */
async function serverWith(
  count: number,
  settings: Partial<Omit<RouteInput<'createProject'>, 'files'>> = {},
): Promise<TestServer> {
  const server = await startTestServer();
  await server.client.createProject({ files: files(count), ...settings });
  return server;
}

async function reserve({ client }: TestServer, worker: string, count = 1): Promise<string[]> {
  return reservationsIn(await client.reserve({ project: 1, worker, count })).map(({ token }) => token);
}

async function reserveOne(server: TestServer, worker: string): Promise<string> {
  return tokenIn(await server.client.reserve({ project: 1, worker }));
}

const accepted = { accepted: true, repeated: false };

describe('a report is accepted', () => {
  test('as done, by its token', async () => {
    const server = await serverWith(2);
    const token = await reserveOne(server, 'w1');

    expect(await server.client.done({ project: 1, done: [token] })).toEqual({
      results: [{ ...accepted, token, state: 'done' }],
    });
  });

  test('by the worker that holds the file and its DID', async () => {
    const server = await serverWith(3);
    await reserve(server, 'w1', 3);

    const { client } = server;
    expect(await client.done({ project: 1, worker: 'w1', done: [{ did: 'f0' }] })).toEqual({
      results: [{ ...accepted, did: 'f0', state: 'done' }],
    });
    expect(
      await client.failed({ project: 1, worker: 'w1', failed: [{ did: 'f1', retry: false }] }),
    ).toMatchObject({ results: [{ did: 'f1', state: 'failed' }] });
    expect(await client.release({ project: 1, worker: 'w1', released: [{ did: 'f2' }] })).toMatchObject({
      results: [{ did: 'f2', state: 'ready' }],
    });
  });

  test('again with the same answer when it is repeated', async () => {
    const server = await serverWith(3);
    const [done = '', failed = '', released = ''] = await reserve(server, 'w1', 3);
    const report = async () => [
      ...(await server.client.done({ project: 1, done: [done] })).results,
      ...(await server.client.failed({ project: 1, failed: [{ token: failed, retry: false }] })).results,
      ...(await server.client.release({ project: 1, released: [released] })).results,
    ];

    const first = await report();

    expect(await report()).toEqual(first.map(result => ({ ...result, repeated: true })));
    expect((await server.client.showProject({ project: 1 })).counts).toEqual({
      ready: 1,
      reserved: 0,
      done: 1,
      failed: 1,
    });
  });

  test('as done after the lease ran out, while nobody has taken the file back', async () => {
    const server = await serverWith(1, { leaseSeconds: 10 });
    const token = await reserveOne(server, 'w1');
    await server.clock.pass(11);

    expect(await server.client.done({ project: 1, done: [token] })).toMatchObject({
      results: [{ accepted: true, state: 'done' }],
    });
  });

  test('for what is still held of a cancelled project', async () => {
    const server = await serverWith(2);
    const token = await reserveOne(server, 'w1');
    await server.client.cancelProject({ project: 1 });

    expect(await server.client.done({ project: 1, done: [token] })).toMatchObject({
      results: [{ accepted: true, state: 'done' }],
    });
    expect(await server.client.showProject({ project: 1 })).toMatchObject({
      state: 'cancelled',
      counts: { ready: 1, done: 1 },
    });
  });
});

describe('a failed file', () => {
  test('is handed out again after its backoff, which doubles, until its attempts are used up', async () => {
    const server = await serverWith(1, { maxAttempts: 3, retryBackoffSeconds: 4 });
    const { client, clock } = server;

    for (const [attempt, backoff] of [
      [1, 4],
      [2, 8],
    ] as const) {
      const [reservation] = reservationsIn(await client.reserve({ project: 1, worker: 'w1' }));
      expect(reservation?.attempt).toBe(attempt);
      const failed = [{ token: reservation?.token ?? '', reason: `attempt ${attempt}` }];
      expect(await client.failed({ project: 1, failed })).toMatchObject({ results: [{ state: 'ready' }] });
      expect(await client.showFile({ project: 1, did: 'f0' })).toMatchObject({
        attempts: attempt,
        notBefore: clock.now() + backoff * 1000,
        failure: { at: clock.now(), attempt, worker: 'w1', reason: `attempt ${attempt}` },
      });
      await clock.pass(backoff - 0.001);
      expect(await client.reserve({ project: 1, worker: 'w1' })).toMatchObject({ status: 'wait' });
      await clock.pass(0.001);
    }
    const token = await reserveOne(server, 'w1');
    expect(await client.failed({ project: 1, failed: [{ token }] })).toMatchObject({
      results: [{ state: 'failed' }],
    });
    expect(await client.reserve({ project: 1, worker: 'w1' })).toEqual({ status: 'done', state: 'failed' });
  });

  test('is failed for good when it is not to be tried again', async () => {
    const server = await serverWith(1);
    const token = await reserveOne(server, 'w1');

    await server.client.failed({ project: 1, failed: [{ token, retry: false, reason: 'no such event' }] });

    expect(await server.client.showFile({ project: 1, did: 'f0' })).toMatchObject({
      state: 'failed',
      attempts: 1,
      failure: { reason: 'no such event' },
    });
  });

  test('comes after files that were never tried', async () => {
    const server = await serverWith(3, { retryBackoffSeconds: 0 });
    const token = await reserveOne(server, 'w1');
    await server.client.failed({ project: 1, failed: [{ token }] });

    const next = reservationsIn(await server.client.reserve({ project: 1, worker: 'w1', count: 2 }));
    expect(next.map(({ did, attempt }) => [did, attempt])).toEqual([
      ['f1', 1],
      ['f2', 1],
    ]);
  });

  test('fails at once when its lease runs out, where the project says so', async () => {
    const server = await serverWith(1, { leaseSeconds: 10, onLeaseExpiry: 'fail' });
    await reserveOne(server, 'w1');
    await server.clock.pass(11);

    expect(await server.client.reserve({ project: 1, worker: 'w2' })).toEqual({
      status: 'done',
      state: 'failed',
    });
    expect(await server.client.showFile({ project: 1, did: 'f0' })).toMatchObject({
      failure: { worker: 'w1', attempt: 1, reason: 'the lease ran out' },
    });
  });
});

test('a file that is given back has spent no attempt', async () => {
  const server = await serverWith(1, { maxAttempts: 1 });
  for (const worker of ['w1', 'w2', 'w3']) {
    const [reservation] = reservationsIn(await server.client.reserve({ project: 1, worker }));
    expect(reservation?.attempt).toBe(1);
    await server.client.release({ project: 1, released: [reservation?.token ?? ''] });
  }
  expect(await server.client.showFile({ project: 1, did: 'f0' })).toMatchObject({
    state: 'ready',
    attempts: 0,
  });
});

describe('a report is refused', () => {
  const settings: Partial<CreateProject> = { leaseSeconds: 10, retryBackoffSeconds: 0 };

  test('token_unknown: the token is no reservation of the project', async () => {
    const server = await serverWith(3);
    await server.client.createProject({ files: files(3) });
    const token = await reserveOne(server, 'w1');
    const [project, block, slot, attempt, lease] = token.split('.');
    const forged = {
      'no token at all': 'hello',
      'of another project': ['2', block, slot, attempt, lease].join('.'),
      'of a block that is not there': [project, 'zz', slot, attempt, lease].join('.'),
      'of a slot beyond the end': [project, block, '3', attempt, lease].join('.'),
      'of a slot that no block has': [project, block, 'zz', attempt, lease].join('.'),
      'of an attempt that was not made': [project, block, slot, '2', lease].join('.'),
      'of a lease to come': [project, block, slot, attempt, 'z'].join('.'),
      'of a file that was never reserved': [project, block, '2', attempt, '1'].join('.'),
    };
    for (const [what, text] of Object.entries(forged))
      expect(await codeOf(server.client.done({ project: 1, done: [text] })), what).toBe('token_unknown');
    expect((await server.client.showProject({ project: 1 })).counts).toMatchObject({ reserved: 1, done: 0 });
  });

  test('lease_expired: the lease ran out and the file was taken back', async () => {
    const server = await serverWith(2, settings);
    const [, token = ''] = await reserve(server, 'w1', 2);
    await server.clock.pass(11);
    await reserveOne(server, 'w2');

    expect(await refusalOf(server.client.done({ project: 1, done: [token] }))).toEqual({
      code: 'lease_expired',
      detail: `${token}: its lease ran out and the file was taken back; the file is ready`,
    });
  });

  test('overtaken: the file was given to somebody else since', async () => {
    const server = await serverWith(1, settings);
    const token = await reserveOne(server, 'w1');
    await server.clock.pass(11);
    const theirs = await reserveOne(server, 'w2');

    expect(await codeOf(server.client.done({ project: 1, done: [token] }))).toBe('overtaken');
    await server.client.done({ project: 1, done: [theirs] });
    expect(await codeOf(server.client.failed({ project: 1, failed: [{ token }] }))).toBe('overtaken');
    expect((await server.client.showProject({ project: 1 })).state).toBe('done');
  });

  test('overtaken: the file was made ready again by a restart', async () => {
    const server = await serverWith(1);
    const token = await reserveOne(server, 'w1');
    await server.client.restartProject({ project: 1, states: ['reserved'] });

    expect(await codeOf(server.client.done({ project: 1, done: [token] }))).toBe('overtaken');
  });

  test('already_settled: the reservation was reported otherwise before', async () => {
    const server = await serverWith(2);
    const token = await reserveOne(server, 'w1');
    await server.client.done({ project: 1, done: [token] });

    expect(await codeOf(server.client.failed({ project: 1, failed: [{ token, retry: false }] }))).toBe(
      'already_settled',
    );
    expect(await codeOf(server.client.release({ project: 1, released: [token] }))).toBe('already_settled');
    expect((await server.client.showProject({ project: 1 })).counts).toMatchObject({ done: 1, failed: 0 });
  });

  test('other_worker: somebody else holds the file', async () => {
    const server = await serverWith(1);
    await reserveOne(server, 'w1');

    expect(await codeOf(server.client.done({ project: 1, worker: 'w2', done: [{ did: 'f0' }] }))).toBe(
      'other_worker',
    );
  });

  test('not_reserved: nobody holds the file', async () => {
    const { client } = await serverWith(1);

    expect(await codeOf(client.done({ project: 1, worker: 'w1', done: [{ did: 'f0' }] }))).toBe(
      'not_reserved',
    );
  });

  test('file_unknown: the project has no such file', async () => {
    const { client } = await serverWith(1);

    expect(await refusalOf(client.done({ project: 1, worker: 'w1', done: [{ did: 'mc:other' }] }))).toEqual({
      code: 'file_unknown',
      detail: 'project 1 has no file mc:other',
    });
  });

  test('project_unknown: there is no such project', async () => {
    const { client } = await startTestServer();

    expect(await codeOf(client.done({ project: 9, done: ['9.0.0.1.1'] }))).toBe('project_unknown');
  });

  test('project_inactive: the project is still loading', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });

    expect(await codeOf(client.done({ project: 1, done: ['1.0.0.1.1'] }))).toBe('project_inactive');
  });
});

describe('several reports in one call', () => {
  test('are each accepted or refused on their own, in the order given', async () => {
    const server = await serverWith(3);
    const [first = '', second = ''] = await reserve(server, 'w1', 2);
    await server.client.done({ project: 1, done: [first] });

    const { results } = await server.client.done({
      project: 1,
      worker: 'w1',
      done: ['1.0.0.9.9', second, { did: 'nowhere' }, { token: first }, { did: 'f2' }],
    });

    expect(results).toEqual([
      { accepted: false, token: '1.0.0.9.9', code: 'token_unknown', detail: expect.any(String) },
      { accepted: true, token: second, state: 'done', repeated: false },
      { accepted: false, did: 'nowhere', code: 'file_unknown', detail: expect.any(String) },
      { accepted: true, token: first, state: 'done', repeated: true },
      { accepted: false, did: 'f2', code: 'not_reserved', detail: expect.any(String) },
    ]);
    expect((await server.client.showProject({ project: 1 })).counts).toEqual({
      ready: 1,
      reserved: 0,
      done: 2,
      failed: 0,
    });
  });

  test('are no problem even when all are refused', async () => {
    const { client } = await serverWith(1);

    expect(await client.done({ project: 1, done: ['1.0.0.9.9', 'x'] })).toMatchObject({
      results: [{ accepted: false }, { accepted: false }],
    });
  });

  test('of the same file are taken in the order given', async () => {
    const server = await serverWith(1);
    const token = await reserveOne(server, 'w1');

    expect(await server.client.done({ project: 1, done: [token, token] })).toMatchObject({
      results: [
        { accepted: true, repeated: false },
        { accepted: true, repeated: true },
      ],
    });
  });

  test('may be of files in many blocks', async () => {
    const server = await serverWith(1000);
    for (;;) {
      const reply = await server.client.reserve({ project: 1, worker: 'w1', count: 256 });
      if (reply.status !== 'reserved') break;
    }
    const { reservations } = await server.client.held({ project: 1, worker: 'w1' });
    expect(reservations).toHaveLength(1000);

    const { results } = await server.client.done({
      project: 1,
      done: reservations.map(({ token }) => token),
    });

    expect(results.every(({ accepted }) => accepted)).toBe(true);
    expect(await server.client.showProject({ project: 1 })).toMatchObject({
      state: 'done',
      counts: { ready: 0, reserved: 0, done: 1000, failed: 0 },
    });
  });
});
