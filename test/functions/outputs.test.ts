import { expect, test } from 'vitest';
import { codeOf, files, reservationsIn, startTestServer, type TestServer, tokenIn } from './support.ts';

const project = 1;

async function put({ client }: TestServer, token: string, body: string): Promise<void> {
  const { method, url } = await client.output({ project, token });
  expect((await fetch(url, { method, body })).status).toBe(200);
}

async function outputOf({ client }: TestServer, did: string): Promise<string | undefined> {
  const { outputUrl } = await client.showFile({ project, did });
  return outputUrl === undefined ? undefined : (await fetch(outputUrl)).text();
}

test('the output of a file can be read once its attempt is reported as done', async () => {
  const server = await startTestServer();
  await server.client.createProject({ files: files(2) });
  const token = tokenIn(await server.client.reserve({ project, worker: 'w' }));
  await put(server, token, 'histograms');
  expect(await outputOf(server, 'f0')).toBeUndefined();

  await server.client.done({ project, done: [token] });

  expect(await outputOf(server, 'f0')).toBe('histograms');
  expect(await outputOf(server, 'f1')).toBeUndefined();
});

test('of several attempts only the output of the one that won counts', async () => {
  const server = await startTestServer();
  await server.client.createProject({ files: files(1), retryBackoffSeconds: 0 });
  const first = tokenIn(await server.client.reserve({ project, worker: 'w1' }));
  const late = await server.client.output({ project, token: first });
  await put(server, first, 'of the first');
  await server.client.failed({ project, failed: [{ token: first }] });
  const second = tokenIn(await server.client.reserve({ project, worker: 'w2' }));
  await put(server, second, 'of the second');
  await server.client.done({ project, done: [second] });
  await fetch(late.url, { method: 'PUT', body: 'too late' });

  expect(await outputOf(server, 'f0')).toBe('of the second');
});

test('an attempt that left no output has none, although an earlier one did', async () => {
  const server = await startTestServer();
  await server.client.createProject({ files: files(1), retryBackoffSeconds: 0 });
  const first = tokenIn(await server.client.reserve({ project, worker: 'w1' }));
  await put(server, first, 'of the first');
  await server.client.failed({ project, failed: [{ token: first }] });
  const second = tokenIn(await server.client.reserve({ project, worker: 'w2' }));
  await server.client.done({ project, done: [second] });

  expect(await outputOf(server, 'f0')).toBeUndefined();
});

test('an output is put by who holds the file only', async () => {
  const server = await startTestServer();
  const { client } = server;
  await client.createProject({ files: files(2), leaseSeconds: 10 });
  const [done, expired] = reservationsIn(await client.reserve({ project, worker: 'w', count: 2 }));
  await client.done({ project, done: [done?.token ?? ''] });
  await server.clock.pass(11);
  await client.reserve({ project, worker: 'w2' });
  const refused = (token = '') => codeOf(client.output({ project, token }));

  expect(await refused(done?.token)).toBe('overtaken');
  expect(await refused(expired?.token)).toBe('overtaken');
  expect(await refused('nonsense')).toBe('token_unknown');
  expect(await refused('1.9.0.1.1')).toBe('token_unknown');
  expect(await refused('1.0.2.1.1')).toBe('token_unknown');
  expect(await refused('2.0.0.1.1')).toBe('token_unknown');
});

test('the URL to put an output works until the lease ends, and five minutes longer', async () => {
  const server = await startTestServer();
  await server.client.createProject({ files: files(1), leaseSeconds: 100 });
  const token = tokenIn(await server.client.reserve({ project, worker: 'w' }));

  const { url, expiresAt } = await server.client.output({ project, token });
  expect(expiresAt).toBe(server.clock.now() + 400_000);
  await server.clock.pass(401);

  expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
});

test('nothing is left of the outputs of a deleted project', async () => {
  const server = await startTestServer();
  await server.client.createProject({ files: files(1) });
  const token = tokenIn(await server.client.reserve({ project, worker: 'w' }));
  await put(server, token, 'x');
  await server.client.done({ project, done: [token] });
  const { outputUrl = '' } = await server.client.showFile({ project, did: 'f0' });
  expect((await fetch(outputUrl)).status).toBe(200);
  await server.client.deleteProject({ project });
  await server.close();

  const again = await startTestServer({ folder: server.folder });
  await again.clock.untilAsleep(1);
  expect((await fetch(outputUrl.replace(server.url, again.url))).status).toBe(404);
});
