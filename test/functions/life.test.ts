import { describe, expect, test } from 'vitest';
import type { RouteInput } from '../../lib/contract/routes.ts';
import {
  codeOf,
  didsIn,
  files,
  refusalOf,
  reservationsIn,
  startTestServer,
  tokenIn,
  untilLoaded,
} from './support.ts';

const project = 1;

async function serverWith(count: number, settings: Partial<RouteInput<'createProject'>> = {}) {
  const server = await startTestServer();
  await server.client.createProject({ files: files(count), ...settings });
  return server;
}

test('a new project is active, and shows what its owner set', async () => {
  const { client, clock } = await startTestServer();
  const settings = {
    title: 'Reprocessing',
    attributes: { campaign: 7 },
    fileAttributes: { kind: 'raw' },
    leaseSeconds: 30,
    idleSeconds: null,
    maxAttempts: null,
    retryBackoffSeconds: 2,
    retryBackoffMaxSeconds: 8,
    onLeaseExpiry: 'fail' as const,
    users: ['ann'],
    roles: ['physics'],
    virtual: true,
  };

  expect(
    await client.createProject({ ...settings, files: [{ name: 'a' }, { name: 'b', lane: 'x' }] }),
  ).toEqual({
    project: {
      ...settings,
      id: 1,
      owner: 'local',
      state: 'active',
      files: 2,
      counts: { ready: 2, reserved: 0, done: 0, failed: 0 },
      lanes: ['default', 'x'],
      createdAt: clock.now(),
      endedAt: null,
    },
  });
});

test('projects are numbered from 1 on', async () => {
  const { client } = await startTestServer();
  const ids: number[] = [];
  for (let n = 0; n < 3; n += 1) ids.push((await client.createProject({ files: files(1) })).project.id);

  expect(ids).toEqual([1, 2, 3]);
});

test('the counts are exact after each step', async () => {
  const { client } = await serverWith(5, { retryBackoffSeconds: 60 });
  const counts = async () => Object.values((await client.showProject({ project })).counts);
  expect(await counts()).toEqual([5, 0, 0, 0]);
  const [a = '', b = '', c = '', d = ''] = reservationsIn(
    await client.reserve({ project, worker: 'w', count: 4 }),
  ).map(({ token }) => token);
  expect(await counts()).toEqual([1, 4, 0, 0]);
  await client.done({ project, done: [a] });
  expect(await counts()).toEqual([1, 3, 1, 0]);
  await client.failed({ project, failed: [{ token: b, retry: false }] });
  expect(await counts()).toEqual([1, 2, 1, 1]);
  await client.failed({ project, failed: [{ token: c }] });
  expect(await counts()).toEqual([2, 1, 1, 1]);
  await client.release({ project, released: [d] });
  expect(await counts()).toEqual([3, 0, 1, 1]);
});

describe('a project ends', () => {
  test('as done when all its files are done', async () => {
    const { client, clock } = await serverWith(2);
    const done = reservationsIn(await client.reserve({ project, worker: 'w', count: 2 }));
    await clock.pass(5);
    await client.done({ project, done: done.map(({ token }) => token) });

    expect(await client.showProject({ project })).toMatchObject({ state: 'done', endedAt: clock.now() });
  });

  test('as failed when the last file is settled and one has failed', async () => {
    const { client } = await serverWith(2);
    const [a = '', b = ''] = reservationsIn(await client.reserve({ project, worker: 'w', count: 2 })).map(
      ({ token }) => token,
    );
    await client.failed({ project, failed: [{ token: a, retry: false }] });
    expect((await client.showProject({ project })).state).toBe('active');
    await client.done({ project, done: [b] });

    expect((await client.showProject({ project })).state).toBe('failed');
  });
});

describe('a cancelled project', () => {
  test('hands out nothing', async () => {
    const { client } = await serverWith(1);
    expect(await client.cancelProject({ project })).toMatchObject({ state: 'cancelled' });

    expect(await refusalOf(client.reserve({ project, worker: 'w' }))).toEqual({
      code: 'project_inactive',
      detail: 'project 1 is cancelled',
    });
  });

  test('can be activated again', async () => {
    const { client } = await serverWith(1);
    await client.cancelProject({ project });

    expect(await client.activateProject({ project })).toMatchObject({ state: 'active', endedAt: null });
    expect(didsIn(await client.reserve({ project, worker: 'w' }))).toEqual(['f0']);
  });

  test('ends when it is activated after its last file was reported', async () => {
    const { client } = await serverWith(1);
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));
    await client.cancelProject({ project });
    await client.done({ project, done: [token] });

    expect(await client.activateProject({ project })).toMatchObject({ state: 'done' });
  });

  test('ends long polls at once', async () => {
    const { client, clock } = await serverWith(1);
    await client.reserve({ project, worker: 'w1' });
    const poll = codeOf(client.reserve({ project, worker: 'w2', waitSeconds: 30 }));
    await clock.untilAsleep(2);
    await client.cancelProject({ project });

    expect(await poll).toBe('project_inactive');
  });
});

describe('an idle project', () => {
  test('is abandoned after its time, and a worker that asks revives it', async () => {
    const { client, clock } = await serverWith(1, { idleSeconds: 600 });
    await clock.pass(540);
    expect((await client.showProject({ project })).state).toBe('active');
    await clock.pass(120);
    expect((await client.showProject({ project })).state).toBe('abandoned');

    expect(didsIn(await client.reserve({ project, worker: 'w' }))).toEqual(['f0']);
    expect(await client.showProject({ project })).toMatchObject({ state: 'active', endedAt: null });
  });

  test('is revived by a report', async () => {
    const { client, clock } = await serverWith(2, { idleSeconds: 600, leaseSeconds: null });
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));
    await clock.pass(660);
    expect((await client.showProject({ project })).state).toBe('abandoned');
    await client.done({ project, done: [token] });

    expect((await client.showProject({ project })).state).toBe('active');
  });

  test('is not abandoned while workers ask or report', async () => {
    const { client, clock } = await serverWith(3, { idleSeconds: 120 });
    for (let n = 0; n < 3; n += 1) {
      await clock.pass(100);
      const token = tokenIn(await client.reserve({ project, worker: 'w' }));
      await clock.pass(100);
      await client.release({ project, released: [token] });
    }
    expect((await client.showProject({ project })).state).toBe('active');
  });

  test('is never abandoned where it has no idle time', async () => {
    const { client, clock } = await serverWith(1, { idleSeconds: null });
    await clock.pass(86_400);

    expect((await client.showProject({ project })).state).toBe('active');
  });

  test('can be activated, or cancelled', async () => {
    const { client, clock } = await serverWith(1, { idleSeconds: 60 });
    await clock.pass(120);
    expect(await client.activateProject({ project })).toMatchObject({ state: 'active' });
    await clock.pass(120);
    expect(await client.cancelProject({ project })).toMatchObject({ state: 'cancelled' });
  });
});

describe('a restart', () => {
  /** A project that has ended: f0 and f1 done, f2 failed. */
  async function ended() {
    const server = await serverWith(3);
    const [a = '', b = '', c = ''] = reservationsIn(
      await server.client.reserve({ project, worker: 'w', count: 3 }),
    ).map(({ token }) => token);
    await server.client.done({ project, done: [a, b] });
    await server.client.failed({ project, failed: [{ token: c, retry: false }] });
    return server.client;
  }

  test.each([
    [['failed' as const], ['f2'], { ready: 1, done: 2, failed: 0 }],
    [['done' as const], ['f0', 'f1'], { ready: 2, done: 0, failed: 1 }],
    [['done' as const, 'failed' as const], ['f0', 'f1', 'f2'], { ready: 3, done: 0, failed: 0 }],
  ])(
    'by states %j makes those files ready, with fresh attempts, and the project active',
    async (states, dids, counts) => {
      const client = await ended();

      expect(await client.restartProject({ project, states })).toMatchObject({
        project: { state: 'active', endedAt: null, counts },
        reopened: dids.length,
      });
      const again = reservationsIn(await client.reserve({ project, worker: 'w', count: 9 }));
      expect(again.map(({ did, attempt }) => [did, attempt])).toEqual(dids.map(did => [did, 1]));
    },
  );

  test('by DIDs makes those files ready', async () => {
    const client = await ended();

    expect(await client.restartProject({ project, dids: ['f1', 'f2', 'f1'] })).toMatchObject({ reopened: 2 });
    expect(didsIn(await client.reserve({ project, worker: 'w', count: 9 }))).toEqual(['f1', 'f2']);
  });

  test('of reserved files takes them from their workers', async () => {
    const { client } = await serverWith(2);
    const token = tokenIn(await client.reserve({ project, worker: 'w1' }));

    expect(await client.restartProject({ project, states: ['reserved'] })).toMatchObject({ reopened: 1 });
    expect(await codeOf(client.done({ project, done: [token] }))).toBe('overtaken');
    expect(didsIn(await client.reserve({ project, worker: 'w2' }))).toEqual(['f0']);
  });

  test('with nothing to make ready lets the project end as it was', async () => {
    const { client } = await serverWith(1);
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));
    await client.done({ project, done: [token] });

    expect(await client.restartProject({ project, states: ['failed'] })).toMatchObject({
      project: { state: 'done' },
      reopened: 0,
    });
  });

  test('of a cancelled project makes it active', async () => {
    const client = await ended();
    await client.restartProject({ project, states: ['failed'] });
    await client.cancelProject({ project });

    expect(await client.restartProject({ project, states: ['done'] })).toMatchObject({
      project: { state: 'active', counts: { ready: 3 } },
    });
  });

  test('of a file that is not there changes nothing', async () => {
    const client = await ended();

    expect(await refusalOf(client.restartProject({ project, dids: ['f1', 'nowhere'] }))).toEqual({
      code: 'file_unknown',
      detail: 'project 1 has no file nowhere',
    });
    expect(await client.showProject({ project })).toMatchObject({ state: 'failed', counts: { done: 2 } });
  });

  test('lets the project end anew', async () => {
    const client = await ended();
    await client.restartProject({ project, states: ['failed'] });
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));
    await client.done({ project, done: [token] });

    expect(await client.showProject({ project })).toMatchObject({ state: 'done', counts: { done: 3 } });
  });
});

describe('a copy', () => {
  test('has the same files, all ready, with their replicas, lanes and attributes', async () => {
    const { client } = await startTestServer();
    await client.createProject({
      title: 'first',
      files: [
        ...files(300, { lane: 'a', size: 3, attributes: { x: 1 } }),
        ...files(2, { lane: 'b', durationSeconds: 9 }).map(file => ({ ...file, name: `b-${file.name}` })),
      ],
      attributes: { one: 1, two: 2 },
      fileAttributes: { y: 1 },
      users: ['ann'],
      roles: ['physics'],
    });
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));
    await client.done({ project, done: [token] });

    const copy = await client.copyProject({
      project,
      title: 'second',
      attributes: { two: 3 },
      fileAttributes: { z: 1 },
      leaseSeconds: 7,
      idleSeconds: null,
    });

    expect(copy).toMatchObject({ id: 2, state: 'loading' });
    expect(await untilLoaded(client, 2)).toMatchObject({
      title: 'second',
      state: 'active',
      files: 302,
      counts: { ready: 302, reserved: 0, done: 0, failed: 0 },
      attributes: { one: 1, two: 3 },
      fileAttributes: { y: 1, z: 1 },
      leaseSeconds: 7,
      idleSeconds: null,
      users: ['ann'],
      roles: ['physics'],
      lanes: ['a', 'b'],
    });
    const original = await client.showFile({ project, did: 'b-f1' });
    expect(await client.showFile({ project: 2, did: 'b-f1' })).toEqual({
      ...original,
      attributes: { y: 1, z: 1 },
    });
  });

  test('of a copy is the same once more', async () => {
    const { client } = await serverWith(3);
    await client.copyProject({ project });
    await untilLoaded(client, 2);
    await client.copyProject({ project: 2 });

    expect(await untilLoaded(client, 3)).toMatchObject({ files: 3, counts: { ready: 3 } });
  });

  test('of a project that is loading is refused', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });

    expect(await codeOf(client.copyProject({ project }))).toBe('wrong_state');
  });
});

describe('a deleted project', () => {
  test('is not there any more, for nobody and nothing', async () => {
    const { client } = await serverWith(2);
    const token = tokenIn(await client.reserve({ project, worker: 'w' }));

    expect(await client.deleteProject({ project })).toEqual({ deleted: 1 });

    expect(await refusalOf(client.showProject({ project }))).toEqual({
      code: 'project_unknown',
      detail: 'there is no project 1',
    });
    for (const call of [
      () => client.reserve({ project, worker: 'w' }),
      () => client.done({ project, done: [token] }),
      () => client.heartbeat({ project, worker: 'w' }),
      () => client.listFiles({ project }),
      () => client.copyProject({ project }),
      () => client.restartProject({ project, states: ['done'] }),
      () => client.deleteProject({ project }),
    ])
      expect(await codeOf(call())).toBe('project_unknown');
    expect(await client.listProjects({})).toEqual({ projects: [] });
  });

  test('does not give its number to the next one', async () => {
    const { client } = await serverWith(1);
    await client.deleteProject({ project });

    expect((await client.createProject({ files: files(1) })).project.id).toBe(2);
  });

  test('ends long polls at once', async () => {
    const { client, clock } = await serverWith(1);
    await client.reserve({ project, worker: 'w1' });
    const poll = codeOf(client.reserve({ project, worker: 'w2', waitSeconds: 30 }));
    await clock.untilAsleep(2);
    await client.deleteProject({ project });

    expect(await poll).toBe('project_unknown');
  });
});

describe('a step that the state does not allow is refused as wrong_state, and nothing changes:', () => {
  const steps = {
    activate: 'activateProject',
    cancel: 'cancelProject',
    load: 'loadProject',
    upload: 'uploadManifest',
  } as const;

  test.each([
    ['active', 'activate', 'project 1 is active: it cannot be activated'],
    ['active', 'load', 'project 1 is active: it waits for no manifest'],
    ['active', 'upload', 'project 1 waits for no manifest'],
    ['cancelled', 'cancel', 'project 1 is cancelled: it cannot be cancelled'],
    ['cancelled', 'load', 'project 1 is cancelled: it waits for no manifest'],
    ['done', 'cancel', 'project 1 is done: it cannot be cancelled'],
    ['done', 'activate', 'project 1 is done: it cannot be activated'],
    ['loading', 'activate', 'project 1 is loading: it cannot be activated'],
    ['loading', 'cancel', 'project 1 is loading: it cannot be cancelled'],
    ['loading', 'load', 'the manifest of project 1 has not been uploaded'],
  ] as const)('%s, %s', async (state, step, detail) => {
    const { client } = await startTestServer();
    await client.createProject(state === 'loading' ? { manifest: {} } : { files: files(1) });
    if (state === 'cancelled') await client.cancelProject({ project });
    if (state === 'done')
      await client.done({ project, done: [tokenIn(await client.reserve({ project, worker: 'w' }))] });
    const before = await client.showProject({ project });

    expect(await refusalOf(client[steps[step]]({ project }))).toEqual({ code: 'wrong_state', detail });
    expect(await client.showProject({ project })).toEqual(before);
  });

  test('loading, restart', async () => {
    const { client } = await startTestServer();
    await client.createProject({ manifest: {} });

    expect(await codeOf(client.restartProject({ project, states: ['done'] }))).toBe('wrong_state');
    expect(await codeOf(client.restartProject({ project, dids: ['f0'] }))).toBe('wrong_state');
  });
});
