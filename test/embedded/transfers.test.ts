import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serveFile } from '../../lib/embedded/file-server.ts';
import { beginPut } from '../support/begin-put.ts';
import { startFileHome } from '../support/file-home.ts';
import { filesIn } from '../support/files-in.ts';

const KEY = 'outputs/1/0/0/1';

async function setup() {
  const home = await startFileHome();
  const uploadUrl = (key = KEY) => home.files.uploadUrl(key, home.clock.now() + 3_600_000);
  const stored = () => filesIn(home.folder);
  return { ...home, uploadUrl, stored };
}

/** Sends text over a connection of its own, and answers all that comes back until the server ends it. */
async function exchange(url: string, request: (path: string) => string): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(request(pathname));
  return text(socket);
}

test('a reader that hangs up is nobody else’s affair', async () => {
  const { makeReplica, replicaUrl, warnings } = await setup();
  const url = replicaUrl(await makeReplica('large', 'x'.repeat(20_000_000)));
  for (let reader = 0; reader < 5; reader += 1) {
    const hangUp = new AbortController();
    const response = await fetch(url, { signal: hangUp.signal });
    await response.body?.getReader().read();
    hangUp.abort();
  }
  expect((await (await fetch(url)).text()).length).toBe(20_000_000);
  expect(warnings).toEqual([]);
});

test('an upload that is cut off leaves no file behind and is not complained of', async () => {
  const { uploadUrl, stored, warnings } = await setup();
  const uploads = [
    await beginPut(uploadUrl(), { says: 1_000_000, sends: 70_000 }),
    await beginPut(uploadUrl(), { says: 10, sends: 0 }),
  ];
  await vi.waitFor(async () => expect(await stored()).toHaveLength(2));
  for (const upload of uploads) upload.destroy();
  await vi.waitFor(async () => expect(await stored()).toEqual([]));
  expect(warnings).toEqual([]);
});

test('an upload is not there before its last byte is', async () => {
  const { uploadUrl, files, stored } = await setup();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const put = fetch(uploadUrl(), { method: 'PUT', body: readable, duplex: 'half' });
  const writer = writable.getWriter();
  await writer.write(Buffer.from('first '));
  await vi.waitFor(async () => expect(await stored()).toHaveLength(1));
  expect(await files.exists(KEY)).toBe(false);
  await writer.write(Buffer.from('last'));
  await writer.close();
  expect((await put).status).toBe(200);
  expect(await files.exists(KEY)).toBe(true);
});

test('an upload of more than its Content-Length is not acknowledged, and never kept beyond it', async () => {
  const { uploadUrl, files } = await setup();
  const answer = await exchange(
    uploadUrl(),
    path => `PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello world`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  const kept = await files.open(KEY);
  expect([undefined, 'hello']).toContain(kept && (await text(kept)));
});

test.each(['-1', 'many', '1e3', '5, 6'])('a Content-Length of %s is refused', async length => {
  const { uploadUrl, stored, warnings } = await setup();
  const answer = await exchange(
    uploadUrl(),
    path => `PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nhello`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(await stored()).toEqual([]);
  expect(warnings).toEqual([]);
});

test('an upload that says it is too large is refused before its first byte', async () => {
  const { uploadUrl, stored } = await setup();
  const answer = await exchange(
    uploadUrl(),
    path =>
      `PUT ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${5 * 1024 ** 3 + 1}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body_too_large"/);
  expect(await stored()).toEqual([]);
});

test('an upload that turns out to be too large is refused, and leaves nothing', async () => {
  const { files, urls, clock, uploadUrl, stored } = await setup();
  const server = createServer((request, response) => {
    void serveFile({ files, urls, now: () => clock.now() }, request, response, request.url ?? '', 10);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const url = new URL(uploadUrl());
  url.port = String((server.address() as AddressInfo).port);
  const put = (bytes: string) =>
    fetch(url, { method: 'PUT', body: new Blob([bytes]).stream(), duplex: 'half' });
  expect((await put('x'.repeat(10))).status).toBe(200);
  const refused = await put('x'.repeat(5_000_000));
  expect({ status: refused.status, problem: await refused.json() }).toMatchObject({
    status: 413,
    problem: { code: 'body_too_large', detail: 'an upload may have 10 bytes' },
  });
  expect(await stored()).toEqual(['1']);
});
