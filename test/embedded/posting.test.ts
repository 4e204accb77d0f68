import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { posting } from '../../lib/embedded/posting.ts';

const local = posting({ mayBeLoopback: true, settled: async () => {} });

/** A server on this machine; answers its URL. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

test('posts headers and body, and does not mind what is answered with success', async () => {
  const got: unknown[] = [];
  const url = await serving(async (request, response) => {
    const chunks = await request.toArray();
    got.push([request.method, request.url, request.headers['webhook-id'], Buffer.concat(chunks).toString()]);
    response.writeHead(202).end('x'.repeat(1_000_000));
  });
  await local.post(`${url}/hook?a=1`, { headers: { 'webhook-id': 'e1' }, body: '{}' });
  expect(got).toEqual([['POST', '/hook?a=1', 'e1', '{}']]);
});

test.each([
  ['an error', 500, {}],
  ['a redirect, which is not followed', 302, { location: '/elsewhere' }],
])('fails with %s, and names the host only', async (_, status, headers) => {
  const asked: (string | undefined)[] = [];
  const url = await serving((request, response) => {
    asked.push(request.url);
    response.writeHead(status, headers).end();
  });
  const posted = local.post(`${url}/hook?token=secret`, { headers: {}, body: '{}' });
  await expect(posted).rejects.toThrow(new PortUnavailable(`${url} answered ${status}`));
  expect(asked).toEqual(['/hook?token=secret']);
});

test('fails when nobody answers', async () => {
  const url = await serving(request => request.socket.destroy());
  const posted = local.post(`${url}/hook`, { headers: {}, body: '{}' });
  await expect(posted).rejects.toThrow(new PortUnavailable(`${url} did not answer`));
});

test('tells nobody of what is not kept yet, or was lost', async () => {
  let posts = 0;
  const url = await serving((_request, response) => {
    posts += 1;
    response.end();
  });
  const kept = Promise.withResolvers<void>();
  const { post } = posting({ mayBeLoopback: true, settled: () => kept.promise });
  const posted = post(url, { headers: {}, body: '{}' });
  kept.reject(new Error('the disk is full'));
  await expect(posted).rejects.toThrow('the disk is full');
  expect(posts).toBe(0);
});

test('goes to https, and without TLS only to this machine where that is allowed', () => {
  const elsewhere = posting({ mayBeLoopback: false, settled: async () => {} });
  for (const url of ['http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:1/x']) {
    expect(local.faultOf(url)).toBeUndefined();
    expect(elsewhere.faultOf(url)).toBe('it must begin with https:');
  }
  for (const url of [
    'http://10.0.0.1/',
    'http://localhost.evil.example/',
    'ftp://localhost/',
    'file:///etc/x',
  ])
    expect(local.faultOf(url)).toBe('it must begin with https:, or be on this machine itself');
  expect(local.faultOf('https://lab.example/hook')).toBeUndefined();
  expect(local.faultOf('https://me:secret@lab.example/')).toBe('it must not have a user or a password');
  expect(local.faultOf('lab')).toBe('it is not a URL');
});
