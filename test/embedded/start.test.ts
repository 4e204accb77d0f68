import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startLocal } from '../../functions/local.ts';
import { beginPut } from '../support/begin-put.ts';
import { filesIn } from '../support/files-in.ts';
import { type LocalServer, startServer } from '../support/local-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

const VIRTUAL = { title: 'first', virtual: true, files: [{ name: 'a' }] };

async function announceManifest({ call }: LocalServer): Promise<string> {
  const { body } = await call('POST', '/v1/projects', { manifest: {}, virtual: true });
  return z.object({ upload: z.object({ url: z.string() }) }).parse(body).upload.url;
}

test('what was answered is there when the server is started again, and its URLs are still good', async () => {
  const first = await startServer();
  await first.call('POST', '/v1/projects', VIRTUAL);
  const upload = new URL(await announceManifest(first));
  await first.close();
  const second = await startServer({ folder: first.folder });
  expect(await second.call('GET', '/v1/projects/1')).toMatchObject({ status: 200, body: { title: 'first' } });
  upload.port = new URL(second.url).port;
  expect((await fetch(upload, { method: 'PUT', body: 'a' })).status).toBe(200);
});

test('a second server in the same folder is refused, and the first one’s uploads go on', async () => {
  const first = await startServer();
  const url = await announceManifest(first);
  const upload = await beginPut(url, { says: 4, sends: 2 });
  await vi.waitFor(async () => expect(await filesIn(join(first.folder, 'manifests'))).toHaveLength(1));
  await expect(startLocal({ folder: first.folder, port: 0 })).rejects.toThrow(
    `${join(first.folder, 'sluice.db')} is in use by another process`,
  );
  upload.write('xx');
  await vi.waitFor(async () =>
    expect(await readFile(join(first.folder, 'manifests/1'), 'utf8')).toBe('xxxx'),
  );
});

test('a start that fails lets go of the folder', async () => {
  const folder = await tempFolder();
  const { url } = await startServer();
  const port = Number(new URL(url).port);
  await expect(startLocal({ folder, port })).rejects.toThrow('EADDRINUSE');
  await expect(startLocal({ folder, port: 0, shares: ['/not/there'] })).rejects.toThrow(
    'there is no such folder',
  );
  await startServer({ folder });
});

test('a start removes what uploads left behind that a crash cut off, and nothing else', async () => {
  const folder = await tempFolder();
  const left = ['.incoming/a', 'outputs/.incoming/b', 'manifests/.incoming/c'];
  const kept = ['outputs/1/0/0/1', 'manifests/1', 'notes.txt'];
  for (const name of [...left, ...kept]) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), 'x');
  }
  await startServer({ folder });
  const there = (await filesIn(folder)).filter(name => !name.startsWith('sluice.db'));
  expect(there.toSorted()).toEqual(['1', '1', 'notes.txt']);
});

test('a stopped server has ended its waits and lets go of the folder', async () => {
  const first = await startServer();
  await first.call('POST', '/v1/projects', VIRTUAL);
  await first.call('POST', '/v1/projects/1/reserve', { worker: 'w' });
  await first.close();
  await expect(fetch(first.url)).rejects.toThrow();
  await startServer({ folder: first.folder });
  expect(first.warnings).toEqual([]);
});
