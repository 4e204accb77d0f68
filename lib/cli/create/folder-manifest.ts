import { lstat, readdir } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../frame/errors.ts';
import { unreadable } from '../local-files.ts';

/** Entries of a folder that are looked at at a time. */
const BATCH = 256;

/**
 * Lists a folder as a manifest (NDJSON): each regular file under its path in the folder, with its size and a
 * `file:` URL, folder by folder in the order of the names. Links are not followed. `glob` chooses by that path.
 *
 * Memory is bounded by the names of one folder and those above it. Throws `CliError` where the folder cannot be read.
 */
export async function* folderManifest(root: string, glob: string | undefined): AsyncGenerator<Uint8Array> {
  for await (const files of filesUnder(root, '')) {
    const chosen = files.filter(({ path }) => glob === undefined || matchesGlob(path, glob));
    if (chosen.length > 0) yield Buffer.from(chosen.map(file => lineOf(root, file)).join(''));
  }
}

interface FoundFile {
  /** Relative to the folder that is listed. */
  readonly path: string;
  readonly size: number;
}

function lineOf(root: string, { path, size }: FoundFile): string {
  const url = pathToFileURL(`${root}/${path}`).href;
  return `${JSON.stringify({ did: path, size, replicas: [{ url }] })}\n`;
}

async function* filesUnder(root: string, folder: string): AsyncGenerator<FoundFile[]> {
  const names = await readdir(`${root}/${folder}`).catch(error => unreadable(`${root}/${folder}`, error));
  names.sort();
  for (let from = 0; from < names.length; from += BATCH) {
    const paths = names.slice(from, from + BATCH).map(name => folder + name);
    const entries = await Promise.all(paths.map(path => entryOf(root, path)));
    let files: FoundFile[] = [];
    for (const { path, kind, size } of entries) {
      if (kind === 'file') files.push({ path, size });
      if (kind !== 'folder') continue;
      yield files;
      files = [];
      yield* filesUnder(root, `${path}/`);
    }
    yield files;
  }
}

async function entryOf(root: string, path: string) {
  try {
    const stats = await lstat(`${root}/${path}`);
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    return { path, kind, size: stats.size };
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isGone) return unreadable(`${root}/${path}`, error);
    // Node reads a name that is not UTF-8 with this character in it, and then finds no such file.
    if (path.includes('\ufffd'))
      throw new CliError(EXIT.usage, 'unreadable', `${path} in ${root} is not UTF-8`);
    return { path, kind: 'gone', size: 0 };
  }
}
