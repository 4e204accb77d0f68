import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startServer } from '../support/local-server.ts';

const TOKEN = 'a-token-of-sixteen-or-more';
const Upload = z.object({ upload: z.object({ url: z.string() }) });
const TOKENS = [{ token: TOKEN, user: 'ada', roles: [], admin: false }];

test('a server that others can reach is refused without a token, before anything is made', async () => {
  await expect(startServer({ host: '0.0.0.0' })).rejects.toThrow('so a token is needed');
});

test('a server that others can reach is served with a token', async () => {
  const { url } = await startServer({ host: '0.0.0.0', tokens: TOKENS });
  const port = new URL(url).port;
  const authorization = `Bearer ${TOKEN}`;
  const response = await fetch(`http://127.0.0.1:${port}/v1/projects`, { headers: { authorization } });
  expect(response.status).toBe(200);
});

test('on loopback no token is needed', async () => {
  const { call } = await startServer();
  expect(await call('GET', '/v1/projects')).toMatchObject({ status: 200, body: { projects: [] } });
});

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: 'Bearer some-other-token' }],
  ['the start of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
  ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ['a scheme without a token', { authorization: 'Bearer ' }],
])('with tokens a request with %s is 401', async (_, headers) => {
  const { url } = await startServer({ tokens: TOKENS });
  const response = await fetch(`${url}/v1/projects`, { headers });
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  });
});

test('the scheme of a token may be written in any case', async () => {
  const { call } = await startServer({ tokens: TOKENS });
  expect(await call('GET', '/v1/projects', undefined, { authorization: `bearer  ${TOKEN}` })).toMatchObject({
    status: 200,
  });
});

test('a signed URL of a file needs no token', async () => {
  const { call } = await startServer({ tokens: TOKENS });
  const made = await call('POST', '/v1/projects', { manifest: {} }, { authorization: `Bearer ${TOKEN}` });
  expect(made.status).toBe(201);
  const { upload } = Upload.parse(made.body);
  expect((await fetch(upload.url, { method: 'PUT', body: 'x' })).status).toBe(200);
});

test('without a token a page of another site changes nothing', async () => {
  const { call } = await startServer();
  const project = { virtual: true, files: [{ name: 'a' }] };
  expect(await call('POST', '/v1/projects', project, { origin: 'https://evil.example' })).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
  expect(await call('GET', '/v1/projects')).toMatchObject({ body: { projects: [] } });
});

test('without a token the server answers to no name that was made to point to it', async () => {
  const { url } = await startServer();
  const [response] = await once(
    request(`${url}/v1/projects`, { headers: { host: 'evil.example' } }).end(),
    'response',
  );
  expect(response.statusCode).toBe(403);
  expect(await text(response)).toContain('not to evil.example');
});

test('a body that is too large is refused with its size', async () => {
  const { url } = await startServer();
  const response = await fetch(`${url}/v1/projects`, { method: 'POST', body: 'x'.repeat(4 * 1024 ** 2 + 1) });
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status: 413,
    body: {
      code: 'body_too_large',
      detail: 'a request may have 4194304 bytes; this one has 4194305',
    },
  });
});

test('a caller that hangs up within its request or while it waits is not complained of', async () => {
  const { url, call, close, warnings } = await startServer();
  await call('POST', '/v1/projects', { virtual: true, files: [{ name: 'a' }] });
  await call('POST', '/v1/projects/1/reserve', { worker: 'w' });
  const begin = (path: string, length: number, body: string) => {
    const headers = { 'content-length': length };
    const begun = request(url + path, { method: 'POST', headers, agent: false });
    begun.on('error', () => {});
    begun.write(body);
    return begun;
  };
  const wait = JSON.stringify({ worker: 'v', waitSeconds: 30 });
  const begun = [begin('/v1/projects', 100, '{'), begin('/v1/projects/1/reserve', wait.length, wait)];
  await call('GET', '/v1/projects');
  for (const one of begun) one.destroy();
  // Closing waits for all that is still at work.
  await close();
  expect(warnings).toEqual([]);
});

test('a caller that hung up while it waited is given nothing', async () => {
  const { url, call } = await startServer();
  await call('POST', '/v1/projects', { virtual: true, files: [{ name: 'a' }] });
  await call('POST', '/v1/projects/1/reserve', { worker: 'w' });
  const waiting = request(`${url}/v1/projects/1/reserve`, { method: 'POST', agent: false });
  waiting.on('error', () => {});
  waiting.end(JSON.stringify({ worker: 'gone', waitSeconds: 30 }));
  await call('GET', '/v1/projects');
  waiting.destroy();
  await call('GET', '/v1/projects');
  await call('POST', '/v1/projects/1/release', { worker: 'w', released: [{ did: 'a' }] });
  expect(await call('POST', '/v1/projects/1/reserve', { worker: 'v' })).toMatchObject({
    body: { status: 'reserved', reservations: [{ did: 'a' }] },
  });
});
