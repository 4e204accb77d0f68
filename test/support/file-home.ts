import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { folderFiles } from '../../lib/embedded/folder-files.ts';
import { createLocalServer } from '../../lib/embedded/server.ts';
import { SignedUrls } from '../../lib/embedded/signed-urls.ts';
import { tempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Folder files behind a local server of their own, without an API, in virtual time; gone when the test ends. */
export async function startFileHome() {
  const root = await tempFolder();
  const folder = join(root, 'data');
  const share = join(root, 'share');
  await mkdir(folder);
  await mkdir(share);
  const clock = new VirtualClock();
  const warnings: unknown[] = [];
  let base = '';
  const urls = new SignedUrls(Buffer.from('the secret of a test'), () => base);
  const files = folderFiles({ folder, shares: [share], urls, settled: async () => {} });
  const server = createLocalServer({
    api: async () => ({ statusCode: 404, headers: {}, body: '' }),
    authenticate: () => undefined,
    strangerFault: () => undefined,
    durably: work => work(),
    files,
    urls,
    now: () => clock.now(),
    warn: (_, error) => warnings.push(error),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });

  /** Makes a file in the share, and answers its `file:` URL. */
  const makeReplica = async (name: string, bytes: Uint8Array | string) => {
    const path = join(share, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return pathToFileURL(path).href;
  };
  /** A signed URL of a replica that is good for an hour. */
  const replicaUrl = (url: string) => files.replicaUrl(url, clock.now() + 3_600_000);
  return { root, folder, share, clock, warnings, urls, files, makeReplica, replicaUrl };
}
