import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../lib/contract/routes.ts';
import { deployLocally, destroyLocally } from '../../scripts/local-stack.ts';
import { files, reservationsIn } from '../functions/support.ts';
import { type Deployment, deploymentOf } from './deployment.ts';

const STACK = `sluice-e2e-${randomBytes(4).toString('hex')}`;
let sluice: Deployment;

beforeAll(async () => {
  sluice = deploymentOf(await deployLocally(STACK));
});
afterAll(() => destroyLocally(STACK));

/** Functions may know a project's state from up to ten seconds ago. */
const SOON = { timeout: 15_000, interval: 200 };
const counts = (done: number, ready: number) => ({ counts: { ready, reserved: 0, done, failed: 0 } });

test('by the function URL a project of twenty files is created, worked through, and done', async () => {
  const { client } = sluice;
  const { project } = await client.createProject({ files: files(20) });
  expect(project).toMatchObject({ owner: 'local', state: 'active' });
  const { id } = project;

  const first = reservationsIn(await client.reserve({ project: id, worker: 'w', count: 5 }));
  expect(first).toHaveLength(5);
  let tokens = first.map(({ token }) => token);
  for (let handed = 5; handed < 20; handed += 5) {
    const { results, next } = await client.advance({
      project: id,
      worker: 'w',
      done: tokens,
      reserve: { count: 5 },
    });
    expect(results.every(({ accepted }) => accepted)).toBe(true);
    tokens = reservationsIn(next).map(({ token }) => token);
  }
  await client.done({ project: id, done: tokens });

  await expect
    .poll(() => client.showProject({ project: id }), SOON)
    .toMatchObject({ state: 'done', ...counts(20, 0) });
  expect(await client.reserve({ project: id, worker: 'w' })).toEqual({ status: 'done', state: 'done' });
});

test('by invoking functions directly too', async () => {
  const { invoke } = sluice;
  const created = await invoke('api', {
    verb: 'createProject',
    virtual: true,
    files: [{ name: 'a' }, { name: 'b' }],
  });
  expect(created).toMatchObject({ project: { state: 'active' } });
  const { id } = routes.createProject.reply.parse(created).project;

  const reserved = await invoke('reserve', { project: id, worker: 'w', count: 2 });
  const [one, two] = reservationsIn(routes.reserve.reply.parse(reserved));
  await invoke('advance', { project: id, worker: 'w', done: [one?.token] });
  await invoke('done', { project: id, done: [two?.token] });

  await expect
    .poll(() => invoke('api', { verb: 'showProject', project: id }), SOON)
    .toMatchObject({ state: 'done', ...counts(2, 0) });
  expect(await invoke('reserve', { project: id })).toMatchObject({ status: 400, code: 'invalid_request' });
});

test('a manifest is uploaded to the bucket, and loaded by the job', async () => {
  const { client } = sluice;
  const { project, upload } = await client.createProject({ virtual: true, manifest: { format: 'lines' } });
  const { id } = project;

  expect((await fetch(upload?.url ?? '', { method: 'PUT', body: 'x\ny\nz\n' })).status).toBe(200);
  await client.loadProject({ project: id });

  await expect
    .poll(() => client.showProject({ project: id }), SOON)
    .toMatchObject({ state: 'active', ...counts(0, 3) });
});

test('a deleted project is gone, its queues too', async () => {
  const { client, invoke } = sluice;
  const { project } = await client.createProject({ files: files(3) });
  await client.deleteProject({ project: project.id });

  await invoke('job', { kind: 'delete', project: project.id });

  await expect(client.showProject({ project: project.id })).rejects.toThrow(/project/);
});

test('the sweep finds nothing wrong', async () => {
  expect(await sluice.invoke('sweep', {})).toBeNull();
});
