import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Files } from '../dispatch/ports.ts';
import { openPlainFile } from './paths.ts';
import { sharesOf } from './shares.ts';
import type { SignedUrls } from './signed-urls.ts';
import { storeWhole } from './store-whole.ts';

export interface FolderFilesOptions {
  /** Sluice's own folder: manifests and outputs. */
  readonly folder: string;
  /** Folders whose files may be handed out as replicas. */
  readonly shares: readonly string[];
  readonly urls: SignedUrls;
  /** Resolves when all that was written to the store is on the disk: before it is, nothing may be removed. */
  readonly settled: () => Promise<void>;
}

/** What the local server needs to serve a signed resource. */
export interface LocalFiles extends Files {
  /** The file of a resource, opened; undefined when there is none that may be read. */
  openResource(resource: string): Promise<FileHandle | undefined>;
  /** Stores bytes under a resource: whole, and on the disk, or not at all. */
  receive(resource: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

const SHARE = 'share';
const DATA = 'data/';

/** `Files` on folders: shared files are read in place, Sluice's own lie under one folder by their key. */
export function folderFiles(options: FolderFilesOptions): LocalFiles {
  const { urls, settled } = options;
  const folder = resolve(options.folder);
  const shares = sharesOf(options.shares);
  const pathOf = (key: string) => join(folder, checked(key));

  return {
    faultOf(url) {
      if (!isFileUrl(url)) return undefined;
      const path = localPath(url);
      if (path === undefined) return `${url} is not a file on this machine`;
      return shares.has(path)
        ? undefined
        : `${path} is in no folder this server shares; start it with --share ${dirname(path)}`;
    },
    replicaUrl(url, expiresAt) {
      const path = isFileUrl(url) ? localPath(url) : undefined;
      return path === undefined ? url : urls.sign({ method: 'GET', resource: SHARE + path, expiresAt });
    },
    downloadUrl: (key, expiresAt) => urls.sign({ method: 'GET', resource: DATA + checked(key), expiresAt }),
    uploadUrl: (key, expiresAt) => urls.sign({ method: 'PUT', resource: DATA + checked(key), expiresAt }),
    async open(key) {
      return (await openPlainFile(pathOf(key)))?.createReadStream();
    },
    async exists(key) {
      const file = await openPlainFile(pathOf(key));
      await file?.close();
      return file !== undefined;
    },
    async write(key, bytes) {
      await storeWhole(folder, pathOf(key), Readable.from([bytes]));
    },
    async remove(key) {
      const below = key.endsWith('/');
      const path = pathOf(below ? key.slice(0, -1) : key);
      await settled();
      await rm(path, { recursive: below, force: true });
    },
    async openResource(resource) {
      if (resource.startsWith(DATA)) return openPlainFile(pathOf(resource.slice(DATA.length)));
      const path = await shares.realPath(resource.slice(SHARE.length));
      return path === undefined ? undefined : openPlainFile(path);
    },
    async receive(resource, bytes) {
      await storeWhole(folder, pathOf(resource.slice(DATA.length)), bytes);
    },
  };
}

/** Nothing that would be another key, or lead out of the folder, once a URL or a path is made of it. */
function checked(key: string): string {
  if (key.split('/').some(name => name === '' || name === '.' || name === '..'))
    throw new Error(`"${key}" is not a key`);
  return key;
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
