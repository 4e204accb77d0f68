import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

const INCOMING = '.incoming';

/**
 * Stores bytes at `path` in `folder`: whole, and on the disk, or not at all. They are collected elsewhere and renamed,
 * so that a reader or a crash never sees half a file.
 */
export async function storeWhole(
  folder: string,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const incoming = await newIncoming(folder, path);
  try {
    await writeSynced(incoming, bytes);
    const made = await mkdir(dirname(path), { recursive: true });
    await rename(incoming, path);
    await syncFolders(dirname(path), made === undefined ? dirname(path) : dirname(made));
  } catch (error) {
    await rm(incoming, { force: true });
    throw error;
  }
}

/** Removes what uploads left behind that a crash cut off. */
export async function removeIncoming(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    ['', ...names].map(name =>
      rm(join(folder, name, INCOMING), { recursive: true, force: true }).catch(error => {
        if (error.code !== 'ENOTDIR') throw error;
      }),
    ),
  );
}

/** A new name on the file system of the target: outputs may be mounted from another disk than manifests. */
async function newIncoming(folder: string, path: string): Promise<string> {
  const [top = ''] = path
    .slice(folder.length + 1)
    .split(sep)
    .slice(0, -1);
  const incoming = join(folder, top, INCOMING);
  await mkdir(incoming, { recursive: true });
  return join(incoming, crypto.randomUUID());
}

async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    // Writes on after a short write, unlike file.write.
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on the disk only when its folder is synced, and so are the new folders above it. */
async function syncFolders(from: string, to: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
    if (folder === to) return;
  }
}
