import { expect, test } from 'vitest';
import { codeOf, didsIn, files, reservationsIn, startTestServer, tokenIn } from './support.ts';

test('one call reports done, failed and given back files and reserves more', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(6), retryBackoffSeconds: 60 });
  const [a = '', b = '', c = ''] = reservationsIn(
    await client.reserve({ project: 1, worker: 'w1', count: 3 }),
  ).map(({ token }) => token);

  const { results, next } = await client.advance({
    project: 1,
    worker: 'w1',
    done: [a],
    failed: [{ token: b, reason: 'odd' }],
    released: [{ token: c }],
    reserve: { count: 2 },
  });

  expect(results).toEqual([
    { accepted: true, token: a, state: 'done', repeated: false },
    { accepted: true, token: b, state: 'ready', repeated: false },
    { accepted: true, token: c, state: 'ready', repeated: false },
  ]);
  expect(didsIn(next)).toEqual(['f2', 'f3']);
  expect((await client.showProject({ project: 1 })).counts).toEqual({
    ready: 3,
    reserved: 2,
    done: 1,
    failed: 0,
  });
});

test('without a wish for files it only reports', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(2) });
  const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));

  expect(await client.advance({ project: 1, worker: 'w1', done: [token] })).toEqual({
    results: [{ accepted: true, token, state: 'done', repeated: false }],
  });
});

test('without a report it only reserves', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(2) });

  const { results, next } = await client.advance({ project: 1, worker: 'w1', reserve: {} });

  expect(results).toEqual([]);
  expect(didsIn(next)).toEqual(['f0']);
});

test('a report that is refused keeps nobody from the next files, even when it is the only one', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(2) });

  const { results, next } = await client.advance({
    project: 1,
    worker: 'w1',
    done: ['1.0.0.1.9'],
    reserve: {},
  });

  expect(results).toMatchObject([{ accepted: false, code: 'token_unknown' }]);
  expect(didsIn(next)).toEqual(['f0']);
});

test('the last report learns that the project is over', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(1) });
  const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));

  const { next } = await client.advance({ project: 1, worker: 'w1', done: [token], reserve: {} });

  expect(next).toEqual({ status: 'done', state: 'done' });
});

test('with nothing left for now it says when to come back', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(2) });
  const [first] = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 2 }));

  const { next } = await client.advance({
    project: 1,
    worker: 'w1',
    done: [first?.token ?? ''],
    reserve: {},
  });

  expect(next).toMatchObject({ status: 'wait' });
});

test('it fills up from other blocks what the own block has no more', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(300) });
  const tokens = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 250 })).map(
    ({ token }) => token,
  );

  const { next } = await client.advance({ project: 1, worker: 'w1', done: tokens, reserve: { count: 40 } });

  expect(new Set(didsIn(next)).size).toBe(40);
  expect((await client.showProject({ project: 1 })).counts).toEqual({
    ready: 10,
    reserved: 40,
    done: 250,
    failed: 0,
  });
});

test('it takes no more from its own block than it has time for, nor from all together', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(400, { durationSeconds: 10 }) });
  const tokens = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 190 })).map(
    ({ token }) => token,
  );

  const { next } = await client.advance({
    project: 1,
    worker: 'w1',
    done: tokens,
    reserve: { count: 100, secondsLeft: 300 },
  });

  expect(didsIn(next)).toHaveLength(30);
});

test('it reserves in the lanes asked for only, wherever its reports were', async () => {
  const { client } = await startTestServer();
  await client.createProject({
    files: [
      ...files(3, { lane: 'a' }),
      ...files(2, { lane: 'b' }).map(file => ({ ...file, name: `b-${file.name}` })),
    ],
  });
  const token = tokenIn(await client.reserve({ project: 1, worker: 'w1', lanes: ['a'] }));

  const { next } = await client.advance({
    project: 1,
    worker: 'w1',
    done: [token],
    reserve: { lanes: ['b'], count: 2 },
  });

  expect(didsIn(next)).toEqual(['b-f0', 'b-f1']);
});

test('repeated under its id it gives the same answers and the same files', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(6) });
  const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));
  const request = {
    project: 1,
    worker: 'w1',
    done: [token],
    reserve: { count: 2 },
    requestId: 'advance-1',
  };

  const first = await client.advance(request);
  const second = await client.advance(request);

  expect(second.next).toEqual(first.next);
  expect(second.results).toEqual(first.results.map(result => ({ ...result, repeated: true })));
  expect((await client.showProject({ project: 1 })).counts).toMatchObject({ reserved: 2, done: 1 });
});

test('repeated under its id it gives the same files also where it had filled up from other blocks', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(600) });
  const tokens = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 190 })).map(
    ({ token }) => token,
  );
  const request = { project: 1, worker: 'w1', done: tokens, reserve: { count: 60 }, requestId: 'r' };

  const first = await client.advance(request);

  expect(didsIn((await client.advance(request)).next).sort()).toEqual(didsIn(first.next).sort());
  expect((await client.showProject({ project: 1 })).counts).toMatchObject({ reserved: 60 });
});

test('in a project that hands out nothing any more its reports are answered, and files are refused', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(2) });
  const token = tokenIn(await client.reserve({ project: 1, worker: 'w1' }));
  await client.cancelProject({ project: 1 });

  expect(await client.advance({ project: 1, worker: 'w1', done: [token], reserve: {} })).toEqual({
    results: [{ accepted: true, token, state: 'done', repeated: false }],
  });
  expect(await codeOf(client.advance({ project: 1, worker: 'w1', reserve: {} }))).toBe('project_inactive');
});

test('when the project is cancelled while it waits its reports are answered all the same', async () => {
  const { client, clock } = await startTestServer();
  await client.createProject({ files: files(2) });
  const [own] = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 2 }));

  const poll = client.advance({
    project: 1,
    worker: 'w1',
    done: [own?.token ?? ''],
    reserve: { waitSeconds: 30 },
  });
  await clock.untilAsleep(2);
  await client.cancelProject({ project: 1 });

  expect(await clock.until(poll)).toMatchObject({ results: [{ accepted: true }] });
});

test('it may wait for files like reserve', async () => {
  const { client, clock } = await startTestServer();
  await client.createProject({ files: files(2) });
  const [own, others] = reservationsIn(await client.reserve({ project: 1, worker: 'w1', count: 2 }));

  const poll = client.advance({
    project: 1,
    worker: 'w1',
    done: [own?.token ?? ''],
    reserve: { waitSeconds: 30 },
  });
  await clock.untilAsleep(2);
  await client.release({ project: 1, released: [others?.token ?? ''] });

  expect(didsIn((await poll).next)).toEqual(['f1']);
});
