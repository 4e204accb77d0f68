import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { refusalOf, reservationsIn, tokenIn } from '../functions/support.ts';
import { addresses, clientAt, deleteAfterTest, names, newProject, SOON } from './home.ts';

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);
  const isNow = (project: number, expected: object) =>
    expect.poll(() => client.showProject({ project }), SOON).toMatchObject(expected);

  test('the server says that it is Sluice', async () => {
    expect(await client.health({})).toMatchObject({ name: 'sluice', version: expect.any(String) });
  });

  test('a project of twenty files is created, worked through, and done', async () => {
    const project = await newProject(client, { virtual: true, files: names(20) });

    let tokens = reservationsIn(await client.reserve({ project, worker: 'w', count: 5 })).map(
      ({ token }) => token,
    );
    const handedOut = [...tokens];
    while (handedOut.length < 20) {
      const { results, next } = await client.advance({
        ...{ project, worker: 'w', done: tokens },
        reserve: { count: 5 },
      });
      expect(results.every(({ accepted }) => accepted)).toBe(true);
      tokens = reservationsIn(next).map(({ token }) => token);
      handedOut.push(...tokens);
    }
    await client.done({ project, done: tokens });

    expect(new Set(handedOut).size).toBe(20);
    await isNow(project, { state: 'done', counts: { ready: 0, reserved: 0, done: 20, failed: 0 } });
    expect(await client.reserve({ project, worker: 'w' })).toEqual({ status: 'done', state: 'done' });
  });

  test('a manifest is uploaded, compressed, and loaded', async () => {
    const { project, upload } = await client.createProject({ virtual: true, manifest: {} });
    deleteAfterTest(client, project.id);
    const lines = names(100).map(file => `${JSON.stringify({ ...file, size: 7 })}\n`);

    const stored = await fetch(upload?.url ?? '', { method: 'PUT', body: gzipSync(lines.join('')) });
    expect(stored.status).toBeLessThan(300);
    await client.loadProject({ project: project.id });

    await isNow(project.id, { state: 'active', files: 100, counts: { ready: 100 } });
    const page = await client.listFiles({ project: project.id, limit: 2 });
    expect(page.files.map(({ did, size }) => [did, size])).toEqual([
      ['f0000', 7],
      ['f0001', 7],
    ]);
    expect((await client.showFile({ project: project.id, did: 'f0099' })).state).toBe('ready');
  });

  test('a manifest with faults is refused as a whole, with the faults and their lines', async () => {
    const { project, upload } = await client.createProject({ virtual: true, manifest: { format: 'lines' } });
    deleteAfterTest(client, project.id);
    await fetch(upload?.url ?? '', { method: 'PUT', body: 'a\nb\na\n' });
    await client.loadProject({ project: project.id });

    await expect
      .poll(() => client.showProject({ project: project.id }).catch(({ problem }) => problem), SOON)
      .toMatchObject({ code: 'manifest_invalid', faults: [{ line: 3 }] });
  });

  test('what cannot be is refused with its own code', async () => {
    const project = await newProject(client, { virtual: true, files: names(2) });
    const code = async (call: Promise<unknown>) => (await refusalOf(call)).code;

    expect(await code(client.showProject({ project: 999_999_999 }))).toBe('project_unknown');
    expect(await code(client.createProject({ files: [] }))).toBe('invalid_request');
    const twice = [{ name: 'a' }, { name: 'a' }];
    expect(await code(client.createProject({ virtual: true, files: twice }))).toBe('invalid_request');
    expect(await code(client.showFile({ project, did: 'other' }))).toBe('file_unknown');
    expect(await code(client.restartProject({ project, dids: ['other'] }))).toBe('file_unknown');
    expect(await code(client.activateProject({ project }))).toBe('wrong_state');
  });

  test('what is too large is refused with a sentence', async () => {
    const note = 'x'.repeat(8_000);
    const files = names(600).map(file => ({ ...file, attributes: { note } }));
    const { code, detail } = await refusalOf(client.createProject({ virtual: true, files }));
    expect(code).toBe('body_too_large');
    expect(detail).toMatch(/bytes/);
  });

  test('second thoughts: cancelled, activated, restarted, copied, deleted', async () => {
    const project = await newProject(client, { virtual: true, files: names(2), maxAttempts: 1 });

    await client.cancelProject({ project });
    await isNow(project, { state: 'cancelled' });
    await client.activateProject({ project });
    await isNow(project, { state: 'active' });
    await expect
      .poll(() => client.reserve({ project, worker: 'w', count: 2 }), SOON)
      .toMatchObject({ status: 'reserved' });
    const held = (await client.held({ project, worker: 'w' })).reservations.map(({ token }) => token);
    const [one, two] = held;
    await client.done({ project, done: [one ?? ''] });
    await client.failed({ project, failed: [{ token: two ?? '', reason: 'no such run' }] });
    await isNow(project, { state: 'failed', counts: { done: 1, failed: 1 } });

    await client.restartProject({ project, states: ['failed'] });
    await isNow(project, { state: 'active', counts: { ready: 1, done: 1, failed: 0 } });

    const copy = await client.copyProject({ project });
    deleteAfterTest(client, copy.id);
    await isNow(copy.id, { state: 'active', counts: { ready: 2, done: 0 } });

    await client.deleteProject({ project: copy.id });
    await expect
      .poll(() => client.showProject({ project: copy.id }).catch(({ code }) => code), SOON)
      .toBe('project_unknown');
  });

  test('an output is that of the attempt that won', async () => {
    const project = await newProject(client, { virtual: true, files: names(1), retryBackoffSeconds: 0 });
    const leave = async (token: string, body: string) => {
      const { url, method } = await client.output({ project, token });
      expect((await fetch(url, { method, body })).status).toBeLessThan(300);
    };
    const first = tokenIn(await client.reserve({ project, worker: 'w' }));
    await leave(first, 'half of it');
    await client.failed({ project, failed: [{ token: first, retry: true }] });
    await expect
      .poll(() => client.reserve({ project, worker: 'w' }), SOON)
      .toMatchObject({ status: 'reserved' });
    const [second] = (await client.held({ project, worker: 'w' })).reservations;
    await leave(second?.token ?? '', 'all of it');
    await client.done({ project, done: [second?.token ?? ''] });

    const { outputUrl } = await client.showFile({ project, did: 'f0000' });
    expect(await (await fetch(outputUrl ?? '')).text()).toBe('all of it');
  });

  test('the copy at the site of a worker comes first', async () => {
    const replicas = [
      { url: 'https://one.example.org/f', site: 'ONE' },
      { url: 'https://two.example.org/f', site: 'TWO' },
    ];
    const project = await newProject(client, { files: [{ name: 'f', replicas }] });
    await client.reserve({ project, worker: 'w' });
    for (const site of ['ONE', 'TWO']) {
      const { reservations } = await client.held({ project, worker: 'w', site });
      expect(reservations[0]?.replicas.map(replica => replica.site)).toEqual([
        site,
        site === 'ONE' ? 'TWO' : 'ONE',
      ]);
    }
  });
});
