import { createReadStream, realpathSync } from 'node:fs';
import { access, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../dispatch/ports.ts';
import type { SignedUrls } from './signed-urls.ts';

export interface FolderFilesOptions {
  /** Sluice's own folder: manifests and outputs. */
  readonly folder: string;
  /** Folders whose files may be handed out as replicas. */
  readonly shares: readonly string[];
  readonly urls: SignedUrls;
}

/** What the local server needs to serve a signed resource. */
export interface LocalFiles extends Files {
  /** The file behind a resource, or undefined when there is none that may be read. */
  readablePath(resource: string): Promise<string | undefined>;
  /** Stores bytes under a resource: whole, and on the disk, or not at all. */
  receive(resource: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

const SHARE = 'share';
const DATA = 'data/';
const INCOMING = '.incoming';

/** `Files` on folders: shared files are read in place, Sluice's own lie under one folder by their key. */
export function folderFiles({ folder, shares, urls }: FolderFilesOptions): LocalFiles {
  const roots = shares.map(share => realpathSync(resolve(share)));
  const pathOf = (key: string) => inside(folder, join(folder, key)) ?? fail(`${key} is not a key`);
  const shared = (path: string) => roots.some(root => inside(root, path) !== undefined);

  return {
    faultOf(url) {
      if (!isFileUrl(url)) return undefined;
      const path = localPath(url);
      if (path === undefined) return `${url} is not a file on this machine`;
      return shared(path)
        ? undefined
        : `${path} is in no folder this server shares; start it with --share ${dirname(path)}`;
    },
    replicaUrl(url, expiresAt) {
      const path = isFileUrl(url) ? localPath(url) : undefined;
      return path === undefined ? url : urls.sign({ method: 'GET', resource: SHARE + path, expiresAt });
    },
    downloadUrl: (key, expiresAt) => urls.sign({ method: 'GET', resource: DATA + key, expiresAt }),
    uploadUrl: (key, expiresAt) => urls.sign({ method: 'PUT', resource: DATA + key, expiresAt }),
    async open(key) {
      const path = pathOf(key);
      return (await isThere(path)) ? createReadStream(path) : undefined;
    },
    exists: key => isThere(pathOf(key)),
    async remove(key) {
      await rm(pathOf(key), { recursive: key.endsWith('/'), force: true });
    },
    async readablePath(resource) {
      if (resource.startsWith(DATA)) return pathOf(resource.slice(DATA.length));
      // A link inside a share may point out of it, or have been changed since.
      const path = await realpath(resource.slice(SHARE.length)).catch(() => undefined);
      return path !== undefined && shared(path) ? path : undefined;
    },
    async receive(resource, bytes) {
      await storeWhole(pathOf(resource.slice(DATA.length)), bytes);
    },
  };
}

/** Writes beside the target and renames, so that a reader or a crash never sees half a file. */
async function storeWhole(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const incoming = `${path}.${crypto.randomUUID()}${INCOMING}`;
  try {
    const file = await open(incoming, 'wx');
    try {
      for await (const chunk of bytes) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(incoming, path);
  } catch (error) {
    await rm(incoming, { force: true });
    throw error;
  }
}

/** Removes what uploads left behind that a crash cut off. */
export async function removeIncoming(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  await Promise.all(
    names.filter(name => name.endsWith(INCOMING)).map(name => rm(join(folder, name), { force: true })),
  );
}

function inside(root: string, path: string): string | undefined {
  const whole = resolve(path);
  return whole === root || whole.startsWith(root.endsWith(sep) ? root : root + sep) ? whole : undefined;
}

function isFileUrl(url: string): boolean {
  return /^file:/i.test(url);
}

function localPath(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function fail(message: string): never {
  throw new Error(message);
}
