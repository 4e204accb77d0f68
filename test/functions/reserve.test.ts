import { describe, expect, test } from 'vitest';
import { didsIn, files, reservationsIn, startTestServer, tokenIn } from './support.ts';

describe('reserve answers', () => {
  test('with files, each with its token, attempt, deadline and URLs', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({
      files: [
        {
          namespace: 'mc',
          name: 'a',
          size: 7,
          attributes: { run: 1 },
          replicas: [{ url: 'https://host/a' }],
        },
      ],
      fileAttributes: { run: 0, stream: 'raw' },
      leaseSeconds: 60,
    });

    const [reservation] = reservationsIn(await client.reserve({ project: 1, worker: 'w1' }));

    expect(reservation).toEqual({
      token: expect.stringMatching(/^1\./),
      did: 'mc:a',
      attempt: 1,
      deadline: clock.now() + 60_000,
      size: 7,
      attributes: { run: 1, stream: 'raw' },
      replicas: [{ url: 'https://host/a', proximity: 0 }],
    });
  });

  test('with "wait" while others hold all files, and says when to come back', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(1) });
    await client.reserve({ project: 1, worker: 'w1' });

    const reply = await client.reserve({ project: 1, worker: 'w2' });

    expect(reply).toEqual({ status: 'wait', retryAfterSeconds: expect.any(Number) });
    if (reply.status === 'wait') expect(reply.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('with "wait" while the project is loading', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });

    expect(await client.reserve({ project: 1, worker: 'w1' })).toMatchObject({ status: 'wait' });
  });

  test.each(['done', 'failed'] as const)('with "done" and %s when the project has ended so', async state => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(1) });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));
    if (state === 'done') await client.done({ project: 1, done: [token] });
    else await client.failed({ project: 1, failed: [{ token, retry: false }] });

    expect(await client.reserve({ project: 1, worker: 'w1' })).toEqual({ status: 'done', state });
  });

  test('with a deadline of null where files are held until they are reported', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1), leaseSeconds: null });

    const [reservation] = reservationsIn(await client.reserve({ project: 1, worker: 'w1' }));
    expect(reservation?.deadline).toBeNull();

    await clock.pass(86_400);
    expect(await client.reserve({ project: 1, worker: 'w2' })).toMatchObject({ status: 'wait' });
  });

  test('with a deadline on a whole millisecond, however odd the lease', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(1), leaseSeconds: 1.0000001 });

    const [reservation] = reservationsIn(await client.reserve({ project: 1, worker: 'w1' }));
    expect(reservation?.deadline).toSatisfy(Number.isInteger);
  });
});

describe('reserve hands out', () => {
  test('up to the count, in the order of the files, each to one worker', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(5) });

    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', count: 3 }))).toEqual(['f0', 'f1', 'f2']);
    expect(didsIn(await client.reserve({ project: 1, worker: 'w2', count: 3 }))).toEqual(['f3', 'f4']);
    expect(await client.reserve({ project: 1, worker: 'w3', count: 3 })).toMatchObject({ status: 'wait' });
  });

  test('files of several blocks in one call', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(600) });

    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', count: 200 }))).toHaveLength(200);
    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', count: 200 }))).toHaveLength(200);
    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', count: 256 }))).toHaveLength(200);
  });

  test('the same files again when the request is repeated under its id', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(4) });
    const request = { project: 1, worker: 'w1', count: 2, requestId: 'r1' };

    const first = await client.reserve(request);

    expect(await client.reserve(request)).toEqual(first);
    expect(didsIn(await client.reserve({ ...request, requestId: 'r2' }))).toEqual(['f2', 'f3']);
    expect((await client.showProject({ project: 1 })).counts.reserved).toBe(4);
  });

  test('the same files again when the repeated request had taken the last ones', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(2) });
    const request = { project: 1, worker: 'w1', count: 2, requestId: 'r1' };

    const first = await client.reserve(request);

    expect(await client.reserve(request)).toEqual(first);
  });

  test('the same files again when others asked in between', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(600) });
    const request = { project: 1, worker: 'w1', count: 200, requestId: 'r1' };

    const first = await client.reserve(request);
    await client.reserve({ project: 1, worker: 'w2', count: 100 });

    expect(didsIn(await client.reserve(request))).toEqual(didsIn(first));
  });

  test('the same files again when the server was killed before it could answer', async () => {
    const first = await startTestServer();
    await first.client.createProject({ files: files(600) });
    const request = { project: 1, worker: 'w1', count: 250, requestId: 'r1' };
    const lost = await first.client.reserve(request);
    await first.close();

    const { client, clock } = await startTestServer({ folder: first.folder });
    // The first sweep is over when it waits for the next.
    await clock.untilAsleep(1);

    expect(didsIn(await client.reserve(request))).toEqual(didsIn(lost));
  });

  test('what is left of them when some were reported before the request is repeated', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(4) });
    const request = { project: 1, worker: 'w1', count: 2, requestId: 'r1' };
    const [first] = reservationsIn(await client.reserve(request));
    await client.done({ project: 1, done: [first?.token ?? ''] });

    expect(didsIn(await client.reserve(request))).toEqual(['f1']);
  });

  test('another worker nothing of a request whose id it happens to use', async () => {
    const { client } = await startTestServer();
    await client.createProject({ files: files(2) });
    await client.reserve({ project: 1, worker: 'w1', requestId: 'r' });

    expect(didsIn(await client.reserve({ project: 1, worker: 'w2', requestId: 'r' }))).toEqual(['f1']);
  });

  test('the files of the lanes asked for, the first lane first, and of no other', async () => {
    const { client } = await startTestServer();
    await client.createProject({
      files: [
        ...files(2, { lane: 'slow' }).map(file => ({ ...file, name: `slow-${file.name}` })),
        ...files(2, { lane: 'fast' }).map(file => ({ ...file, name: `fast-${file.name}` })),
        ...files(1),
      ],
    });

    expect((await client.showProject({ project: 1 })).lanes).toEqual(['slow', 'fast', 'default']);
    expect(
      didsIn(await client.reserve({ project: 1, worker: 'w1', count: 3, lanes: ['fast', 'slow'] })),
    ).toEqual(['fast-f0', 'fast-f1', 'slow-f0']);
    expect(await client.reserve({ project: 1, worker: 'w1', lanes: ['fast'] })).toMatchObject({
      status: 'wait',
    });
    expect(await client.reserve({ project: 1, worker: 'w1', lanes: ['nowhere'] })).toMatchObject({
      status: 'wait',
    });
    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', lanes: ['default'] }))).toEqual(['f0']);
  });
});

describe('a worker with little time left gets', () => {
  test('as many files as it can be expected to finish one after the other', async () => {
    const { client } = await startTestServer();
    await client.createProject({
      files: [
        { ...files(1)[0], name: 'hour', durationSeconds: 3600 },
        { ...files(1)[0], name: 'minute', durationSeconds: 60 },
        { ...files(1)[0], name: 'quarter', durationSeconds: 900 },
      ],
    });

    const reply = await client.reserve({ project: 1, worker: 'w1', count: 3, secondsLeft: 970 });

    expect(didsIn(reply)).toEqual(['minute', 'quarter']);
  });

  test('files of unknown duration until it was learnt how long they take, and then none that do not fit', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(3) });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1', secondsLeft: 1 }));
    await clock.pass(100);
    await client.done({ project: 1, done: [token] });

    expect(await client.reserve({ project: 1, worker: 'w1', secondsLeft: 99 })).toMatchObject({
      status: 'wait',
    });
    // What one worker has no use for is looked at again after two seconds.
    await clock.pass(2);
    expect(didsIn(await client.reserve({ project: 1, worker: 'w1', secondsLeft: 101 }))).toEqual(['f1']);
  });
});

test('the files of one call fit into the time left all together, from however many blocks they come', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(400, { durationSeconds: 10 }) });

  expect(
    didsIn(await client.reserve({ project: 1, worker: 'w1', count: 240, secondsLeft: 2500 })),
  ).toHaveLength(240);
  expect(
    didsIn(await client.reserve({ project: 1, worker: 'w1', count: 100, secondsLeft: 250 })),
  ).toHaveLength(25);
});

describe('a long poll', () => {
  test('is answered as soon as a file is free', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1) });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));

    const poll = client.reserve({ project: 1, worker: 'w2', waitSeconds: 30 });
    await clock.untilAsleep(2);
    await client.release({ project: 1, released: [token] });

    expect(didsIn(await poll)).toEqual(['f0']);
  });

  test('is answered as soon as the backoff of a failed file is over', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1), retryBackoffSeconds: 20 });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));
    await client.failed({ project: 1, failed: [{ token }] });
    const failedAt = clock.now();

    const reply = await clock.until(client.reserve({ project: 1, worker: 'w2', waitSeconds: 30 }));

    expect(didsIn(reply)).toEqual(['f0']);
    expect(clock.now() - failedAt).toBe(20_000);
  });

  test('is answered as soon as the project is over', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1) });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));

    const poll = client.reserve({ project: 1, worker: 'w2', waitSeconds: 30 });
    await clock.untilAsleep(2);
    await client.done({ project: 1, done: [token] });

    expect(await poll).toEqual({ status: 'done', state: 'done' });
  });

  test('is answered with "wait" when its time is over', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1) });
    await client.reserve({ project: 1, worker: 'w1' });
    const askedAt = clock.now();

    const reply = await clock.until(client.reserve({ project: 1, worker: 'w2', waitSeconds: 12 }));

    expect(reply).toMatchObject({ status: 'wait' });
    expect(clock.now() - askedAt).toBe(12_000);
  });

  test('whose caller hung up reserves nothing', async () => {
    const { client, clock } = await startTestServer();
    await client.createProject({ files: files(1) });
    const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));
    const caller = new AbortController();

    const poll = client.reserve({ project: 1, worker: 'w2', waitSeconds: 30 }, { signal: caller.signal });
    await clock.untilAsleep(2);
    caller.abort();
    await expect(poll).rejects.toThrow();
    await clock.untilAsleep(1);
    await client.release({ project: 1, released: [token] });

    expect((await client.showProject({ project: 1 })).counts).toMatchObject({ ready: 1, reserved: 0 });
  });
});
