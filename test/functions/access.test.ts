import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import type { TokenFile } from '../../lib/embedded/access.ts';
import { codeOf, files, refusalOf, startTestServer, tokenIn, untilLoaded } from './support.ts';

const token = (user: string) => `token-of-${user}-0123456789`;
const tokens: TokenFile = [
  { token: token('owner'), user: 'owner', roles: [], admin: false },
  { token: token('admin'), user: 'admin', roles: [], admin: true },
  { token: token('member'), user: 'member', roles: [], admin: false },
  { token: token('bearer'), user: 'bearer', roles: ['other', 'physics'], admin: false },
  { token: token('stranger'), user: 'stranger', roles: ['chemistry'], admin: false },
];

async function serverOfAll() {
  const server = await startTestServer({ tokens });
  const clients = Object.fromEntries(tokens.map(({ user }) => [user, server.clientOf(token(user))]));
  const of = (user: string): Client => clients[user] ?? expect.unreachable();
  await of('owner').createProject({ files: files(9), users: ['member'], roles: ['physics'] });
  return { server, of };
}

const project = 1;

/** Each verb on a project of somebody's. */
const WORK: Record<string, (client: Client) => Promise<unknown>> = {
  showProject: client => client.showProject({ project }),
  projectCost: client => client.projectCost({ project }),
  listFiles: client => client.listFiles({ project }),
  showFile: client => client.showFile({ project, did: 'f0' }),
  reserve: client => client.reserve({ project, worker: 'w' }),
  done: client => client.done({ project, done: ['1.0.0.1.1', '1.0.1.1.1'] }),
  failed: client => client.failed({ project, failed: [{ token: '1.0.0.1.1' }, { token: '1.0.1.1.1' }] }),
  release: client => client.release({ project, released: ['1.0.0.1.1', '1.0.1.1.1'] }),
  advance: client => client.advance({ project, worker: 'w', reserve: {} }),
  heartbeat: client => client.heartbeat({ project, worker: 'w' }),
  held: client => client.held({ project, worker: 'w' }),
  copyProject: client => client.copyProject({ project }),
};
const MANAGE: Record<string, (client: Client) => Promise<unknown>> = {
  cancelProject: client => client.cancelProject({ project }),
  activateProject: client => client.activateProject({ project }),
  restartProject: client => client.restartProject({ project, states: ['done'] }),
  setReplica: client => client.setReplica({ project, did: 'f0', url: 'https://host/f0', available: false }),
  deleteProject: client => client.deleteProject({ project }),
};

describe('without a token that the server knows', () => {
  test.each(['none', 'an unknown one'])('every verb is refused: %s', async which => {
    const { server } = await serverOfAll();
    const nobody = server.clientOf(which === 'none' ? '' : 'token-of-nobody-0123456789');

    for (const [verb, call] of Object.entries({ ...WORK, ...MANAGE }))
      expect(await codeOf(call(nobody)), verb).toBe('unauthenticated');
    expect(await codeOf(nobody.createProject({ files: files(1) }))).toBe('unauthenticated');
    expect(await codeOf(nobody.listProjects({}))).toBe('unauthenticated');
    expect(await codeOf(nobody.getSites({}))).toBe('unauthenticated');
    expect(await codeOf(nobody.health({}))).toBe('unauthenticated');
  });

  test('the refusal names the scheme, as HTTP asks for, and comes before any look at the request', async () => {
    const { server } = await serverOfAll();

    const response = await fetch(`${server.url}/v1/projects`, { method: 'POST', body: 'not JSON' });

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('only the description of the API is given', async () => {
    const { server } = await serverOfAll();

    expect(await server.clientOf('').openapi({})).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('a project is worked on', () => {
  test.each(['owner', 'admin', 'member', 'bearer'])('by its %s', async user => {
    const { of } = await serverOfAll();
    for (const call of Object.values(WORK)) await call(of(user));

    const claimed = tokenIn(await of(user).reserve({ project, worker: 'w' }));
    await of(user).output({ project, token: claimed });
    expect(await of(user).done({ project, done: [claimed] })).toMatchObject({
      results: [{ accepted: true }],
    });
  });

  test('by no stranger', async () => {
    const { of } = await serverOfAll();

    for (const [verb, call] of Object.entries({ ...WORK, ...MANAGE }))
      expect(await codeOf(call(of('stranger'))), verb).toBe('forbidden');
    const claimed = tokenIn(await of('owner').reserve({ project, worker: 'w' }));
    expect(await codeOf(of('stranger').output({ project, token: claimed }))).toBe('forbidden');
    expect(await codeOf(of('stranger').done({ project, done: [claimed] }))).toBe('forbidden');
    expect((await of('owner').showProject({ project })).counts).toMatchObject({ done: 0, reserved: 1 });
  });

  test('and a stranger is told why not', async () => {
    const { of } = await serverOfAll();

    expect(await refusalOf(of('stranger').reserve({ project, worker: 'w' }))).toEqual({
      code: 'forbidden',
      detail: 'stranger is not among the users of project 1',
    });
  });
});

describe('a project is managed', () => {
  test.each(['owner', 'admin'])('by its %s', async user => {
    const { of } = await serverOfAll();
    for (const call of Object.values(MANAGE)) await call(of(user));

    expect(await codeOf(of(user).showProject({ project }))).toBe('project_unknown');
  });

  test.each(['member', 'bearer'])('not by its %s', async user => {
    const { of } = await serverOfAll();

    for (const [verb, call] of Object.entries(MANAGE))
      expect(await refusalOf(call(of(user))), verb).toEqual({
        code: 'forbidden',
        detail: `project 1 belongs to owner; ${user} may not change it`,
      });
  });
});

describe('a project that waits for its manifest', () => {
  test('is loaded by those who manage it only', async () => {
    const { of } = await serverOfAll();
    await of('owner').createProject({ manifest: {}, users: ['member'] });

    expect(await codeOf(of('member').uploadManifest({ project: 2 }))).toBe('forbidden');
    expect(await codeOf(of('member').loadProject({ project: 2 }))).toBe('forbidden');
    expect(await of('admin').uploadManifest({ project: 2 })).toMatchObject({ method: 'PUT' });
  });
});

describe('an owner', () => {
  test('is who created the project', async () => {
    const { of } = await serverOfAll();

    const { project } = await of('stranger').createProject({ files: files(1) });
    expect(project.owner).toBe('stranger');
  });

  test('may be named by an admin only', async () => {
    const { of } = await serverOfAll();

    expect(await codeOf(of('member').createProject({ files: files(1), owner: 'owner' }))).toBe('forbidden');
    expect((await of('admin').createProject({ files: files(1), owner: 'member' })).project.owner).toBe(
      'member',
    );
    expect((await of('member').createProject({ files: files(1), owner: 'member' })).project.owner).toBe(
      'member',
    );
  });

  test('of a copy is who made it, and its users and roles stay', async () => {
    const { of } = await serverOfAll();

    expect(await of('member').copyProject({ project })).toMatchObject({
      owner: 'member',
      users: ['member'],
      roles: ['physics'],
    });
  });
});

test('a listing has the projects that the caller may work on', async () => {
  const { of } = await serverOfAll();
  await of('stranger').createProject({ files: files(1) });
  const ids = async (user: string) => (await of(user).listProjects({})).projects.map(({ id }) => id);

  expect(await ids('owner')).toEqual([1]);
  expect(await ids('member')).toEqual([1]);
  expect(await ids('bearer')).toEqual([1]);
  expect(await ids('stranger')).toEqual([2]);
  expect(await ids('admin')).toEqual([1, 2]);
});

test('the table of sites is seen by all and changed by admins', async () => {
  const { of } = await serverOfAll();

  expect(await codeOf(of('owner').putSites({ default: 7 }))).toBe('forbidden');
  await of('admin').putSites({ default: 7 });
  expect(await of('stranger').getSites({})).toMatchObject({ default: 7 });
});

test('the faults of a refused manifest are told to those who may see the project only', async () => {
  const { of } = await serverOfAll();
  const { upload } = await of('owner').createProject({ manifest: { format: 'lines' }, virtual: true });
  await fetch(upload?.url ?? '', { method: 'PUT', body: 'secret:name\nsecret:name\n' });
  await of('owner').loadProject({ project: 2 });
  expect(await untilLoaded(of('owner'), 2)).toMatchObject({ code: 'manifest_invalid' });

  expect(await codeOf(of('stranger').showProject({ project: 2 }))).toBe('forbidden');
  expect(await codeOf(of('stranger').cancelProject({ project: 2 }))).toBe('forbidden');
});
