import { describe, expect, test } from 'vitest';
import { files, reservationsIn, startTestServer, type TestServer } from './support.ts';

async function held(server: TestServer, worker: string, count: number): Promise<string[]> {
  return reservationsIn(await server.client.reserve({ project: 1, worker, count })).map(({ token }) => token);
}

async function serverWith(count: number, leaseSeconds: number | null = 60): Promise<TestServer> {
  const server = await startTestServer();
  await server.client.createProject({ files: files(count), leaseSeconds });
  return server;
}

describe('a heartbeat', () => {
  test('extends the leases of its tokens', async () => {
    const server = await serverWith(2);
    const [token = ''] = await held(server, 'w1', 1);
    await server.clock.pass(50);

    const deadline = server.clock.now() + 60_000;
    expect(await server.client.heartbeat({ project: 1, worker: 'w1', tokens: [token] })).toEqual({
      kept: [{ token, deadline }],
      lost: [],
      cancelled: false,
    });
    expect(await server.client.showFile({ project: 1, did: 'f0' })).toMatchObject({ deadline });
    await server.clock.pass(59);
    expect(await server.client.reserve({ project: 1, worker: 'w2', count: 2 })).toMatchObject({
      reservations: [{ did: 'f1' }],
    });
  });

  test('with one token extends the whole lease', async () => {
    const server = await serverWith(3);
    const [first = '', ...others] = await held(server, 'w1', 3);
    await server.clock.pass(50);
    await server.client.heartbeat({ project: 1, worker: 'w1', tokens: [first] });
    await server.clock.pass(50);

    expect(await server.client.reserve({ project: 1, worker: 'w2' })).toMatchObject({ status: 'wait' });
    expect(await server.client.done({ project: 1, done: others })).toMatchObject({
      results: [{ accepted: true }, { accepted: true }],
    });
  });

  test('without tokens extends all that the worker holds, and nothing of others', async () => {
    const server = await serverWith(600);
    const own = [...(await held(server, 'w1', 150)), ...(await held(server, 'w1', 150))];
    await held(server, 'w2', 10);
    await server.clock.pass(50);

    const { kept, lost } = await server.client.heartbeat({ project: 1, worker: 'w1' });

    expect(kept.map(({ token }) => token).sort()).toEqual(own.sort());
    expect(new Set(kept.map(({ deadline }) => deadline))).toEqual(new Set([server.clock.now() + 60_000]));
    expect(lost).toEqual([]);
    await server.clock.pass(11);
    expect((await server.client.held({ project: 1, worker: 'w1' })).reservations).toHaveLength(300);
  });

  test('says which tokens are lost: reported, overtaken, of others, or none at all', async () => {
    const server = await serverWith(4);
    const [done = '', kept = '', released = ''] = await held(server, 'w1', 3);
    const [theirs = ''] = await held(server, 'w2', 1);
    await server.client.done({ project: 1, done: [done] });
    await server.client.release({ project: 1, released: [released] });

    const tokens = [done, kept, released, theirs, 'nonsense', '1.zz.0.1.1', '1.0.zz.1.1', '2.0.0.1.1'];
    const reply = await server.client.heartbeat({ project: 1, worker: 'w1', tokens });

    expect(reply.kept.map(({ token }) => token)).toEqual([kept]);
    expect(reply.lost.sort()).toEqual(tokens.filter(token => token !== kept).sort());
    const { deadline } = await server.client.showFile({ project: 1, did: 'f3' });
    expect(deadline).toBe(server.clock.now() + 60_000);
  });

  test('says that files taken back after their lease ran out are lost', async () => {
    const server = await serverWith(1);
    const tokens = await held(server, 'w1', 1);
    await server.clock.pass(61);
    await held(server, 'w2', 1);

    expect(await server.client.heartbeat({ project: 1, worker: 'w1', tokens })).toEqual({
      kept: [],
      lost: tokens,
      cancelled: false,
    });
  });

  test('keeps a lease that ran out, while nobody has taken its files back', async () => {
    const server = await serverWith(1, 10);
    const [token = ''] = await held(server, 'w1', 1);
    await server.clock.pass(11);

    expect(await server.client.heartbeat({ project: 1, worker: 'w1', tokens: [token] })).toMatchObject({
      kept: [{ token, deadline: server.clock.now() + 10_000 }],
      lost: [],
    });
  });

  test('leaves files that are held until reported as they are', async () => {
    const server = await serverWith(1, null);
    const [token = ''] = await held(server, 'w1', 1);

    expect(await server.client.heartbeat({ project: 1, worker: 'w1' })).toEqual({
      kept: [{ token, deadline: null }],
      lost: [],
      cancelled: false,
    });
  });

  test('learns that the project was cancelled', async () => {
    const server = await serverWith(1);
    await held(server, 'w1', 1);
    await server.client.cancelProject({ project: 1 });

    expect(await server.client.heartbeat({ project: 1, worker: 'w1' })).toMatchObject({ cancelled: true });
  });
});

describe('what a worker holds', () => {
  test('is told with the same tokens and URLs that work, nearest first', async () => {
    const server = await startTestServer();
    await server.client.createProject({
      files: [
        {
          name: 'f0',
          size: 5,
          replicas: [
            { url: 'https://far/f0', site: 'FAR' },
            { url: 'https://near/f0', site: 'NEAR' },
          ],
        },
      ],
    });
    const reserved = reservationsIn(await server.client.reserve({ project: 1, worker: 'w1', site: 'NEAR' }));

    const { reservations } = await server.client.held({ project: 1, worker: 'w1', site: 'NEAR' });

    expect(reservations).toEqual(reserved.map(reservation => ({ ...reservation, worker: 'w1' })));
    expect(reservations[0]?.replicas.map(({ url }) => url)).toEqual(['https://near/f0', 'https://far/f0']);
  });

  test('is nothing once all is reported, and nothing of others', async () => {
    const server = await serverWith(2);
    const tokens = await held(server, 'w1', 1);
    await held(server, 'w2', 1);
    await server.client.done({ project: 1, done: tokens });

    expect(await server.client.held({ project: 1, worker: 'w1' })).toEqual({ reservations: [] });
  });
});
