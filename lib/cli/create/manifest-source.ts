import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import type { ManifestFormat } from '../../contract/projects.ts';
import { EXIT } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { CliError } from '../frame/errors.ts';
import { unreadable } from '../local-files.ts';
import { folderManifest } from './folder-manifest.ts';
import { HEAD_BYTES, isPlainDids } from './plain-dids.ts';

/** Where a list of files comes from that is uploaded. */
export type ManifestPlace =
  | { readonly dids: readonly string[] }
  | { readonly stdin: true }
  | { readonly manifest: string }
  | { readonly dir: string; readonly glob: string | undefined };

/** A manifest to upload: its bytes, which can be read once, and what is known of them. */
export interface ManifestSource {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Undefined where nobody knows it before the end. */
  readonly sizeBytes?: number | undefined;
  /** Undefined where the server is to tell it. */
  readonly format: ManifestFormat | undefined;
  /** It is a list of DIDs and says no more, so that no file has a replica. */
  readonly isPlain: boolean;
}

type Bytes = Pick<ManifestSource, 'bytes' | 'sizeBytes'>;

/** Opens a manifest and looks at its beginning. Throws `CliError` where it cannot be read or is empty. */
export async function openManifest(
  context: Context,
  place: ManifestPlace,
  format: ManifestFormat | undefined,
): Promise<ManifestSource> {
  if ('dids' in place) return ofDids(place.dids);
  if ('dir' in place) return openFolder(await folderAt(context, place.dir), place.glob);
  const opened = 'stdin' in place ? openStdin(context) : await openFile(context, place.manifest);
  const { head, bytes } = await peek(opened.bytes);
  if (head.toString('latin1').trim() === '') throw empty('the list of files is empty');
  const told = format ?? (isPlainDids(head) ? 'lines' : undefined);
  return { ...opened, bytes, format: told, isPlain: told === 'lines' };
}

function ofDids(dids: readonly string[]): ManifestSource {
  const bytes = Buffer.from(dids.map(did => `${JSON.stringify(did)}\n`).join(''));
  return { bytes: Readable.from([bytes]), sizeBytes: bytes.length, format: 'ndjson', isPlain: true };
}

async function openFolder(root: string, glob: string | undefined): Promise<ManifestSource> {
  const { head, bytes } = await peek(folderManifest(root, glob));
  if (head.length > 0) return { bytes, format: 'ndjson', isPlain: false };
  throw empty(glob === undefined ? `there is no file in ${root}` : `no file in ${root} matches ${glob}`);
}

async function folderAt({ cwd }: Context, dir: string): Promise<string> {
  // The server shares folders by their real paths.
  const root = await realpath(resolve(cwd, dir)).catch(error => unreadable(dir, error));
  if ((await stat(root)).isDirectory()) return root;
  throw new CliError(EXIT.usage, 'usage', `${dir} is not a folder`);
}

function openStdin({ stdin, signal }: Context): Bytes {
  return { bytes: addAbortSignal(signal, stdin()) };
}

async function openFile({ cwd }: Context, file: string): Promise<Bytes> {
  const path = resolve(cwd, file);
  const stats = await stat(path).catch(error => unreadable(file, error));
  if (stats.isDirectory()) {
    throw new CliError(EXIT.usage, 'usage', `${file} is a folder; --dir takes its files`);
  }
  const bytes = bytesOf(createReadStream(path), file);
  return stats.isFile() ? { bytes, sizeBytes: stats.size } : { bytes };
}

async function* bytesOf(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    unreadable(file, error);
  }
}

/** Takes the first bytes of a stream, up to the end of a line at least; `bytes` begins with them again. */
async function peek(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Buffer } & Bytes> {
  const rest = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES && !/\S.*\n/.test(head.toString('latin1'))) {
    const { done, value } = await rest.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { head, bytes: whole() };
}

function empty(sentence: string): CliError {
  return new CliError(EXIT.refused, 'manifest_invalid', sentence);
}
