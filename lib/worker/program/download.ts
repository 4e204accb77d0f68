import { constants, createWriteStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import { reasonOf } from './reason.ts';

export interface DownloadOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Where a file is. */
export interface Source {
  readonly replicas: readonly { readonly url: string }[];
  readonly size?: number | undefined;
}

/** No copy of the file could be had. `retry`: another attempt may succeed. */
export class DownloadError extends Error {
  readonly retry: boolean;

  constructor(message: string, retry: boolean) {
    super(message);
    this.name = 'DownloadError';
    this.retry = retry;
  }
}

/** Pauses between rounds over the copies, in seconds: long enough for a server that is being restarted. */
const PAUSES = [1, 2, 4];

/**
 * Why one copy could not be had. `passing`: its host may be back in a moment; `faulty`: the copy is missing or wrong;
 * `unreadable`: URLs of this kind are not for this worker.
 */
class Fault extends Error {
  readonly kind: 'passing' | 'faulty' | 'unreadable';

  constructor(kind: Fault['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Brings a file to `path`: from the nearest copy, or else the next one. `http:`, `https:` and `file:` URLs can be
 * read; the size must be the file's where that is known.
 *
 * When a copy's host cannot be reached just now, all copies are tried again a few times, for about seven seconds.
 *
 * @throws DownloadError with the reason of each copy
 */
export async function download(file: Source, path: string, options: DownloadOptions): Promise<void> {
  if (file.replicas.length === 0) throw new DownloadError('the file has no copy to download', false);
  let faults: Fault[] = [];
  for (const pause of [0, ...PAUSES]) {
    await options.clock.sleep(pause * 1000, options.signal);
    faults = [];
    for (const { url } of file.replicas) {
      const fault = await copyTo(path, url, file.size, options).catch(faultOf);
      options.signal.throwIfAborted();
      if (!fault) return;
      faults.push(new Fault(fault.kind, `${sourceOf(url)} ${fault.message}`));
    }
    if (!faults.some(({ kind }) => kind === 'passing')) break;
  }
  const retry = faults.some(({ kind }) => kind !== 'unreadable');
  throw new DownloadError(`cannot download: ${faults.map(({ message }) => message).join('; ')}`, retry);
}

async function copyTo(
  path: string,
  url: string,
  size: number | undefined,
  options: DownloadOptions,
): Promise<void> {
  const { protocol } = new URL(url);
  if (protocol === 'file:')
    await copyFile(fileURLToPath(url), path, constants.COPYFILE_FICLONE).catch(asFaulty);
  else if (protocol === 'http:' || protocol === 'https:') await fetchTo(path, url, options);
  else throw new Fault('unreadable', 'URLs cannot be read here');
  const bytes = (await stat(path)).size;
  if (size !== undefined && bytes !== size)
    throw new Fault('faulty', `has ${bytes} bytes instead of ${size}`);
}

async function fetchTo(path: string, url: string, { fetch, signal }: DownloadOptions): Promise<void> {
  // As it is stored: a `.gz` file must not arrive unpacked.
  const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } });
  if (!response.ok) {
    await response.body?.cancel();
    const { status } = response;
    throw new Fault(status >= 500 || status === 429 ? 'passing' : 'faulty', `answered ${status}`);
  }
  await pipeline(response.body ?? [], createWriteStream(path));
}

function asFaulty(error: unknown): never {
  throw new Fault('faulty', reasonOf(error));
}

/** What is not known to be the copy's fault may pass. */
function faultOf(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('passing', reasonOf(error));
}

/** Whose copy it is. A signed URL is a secret, so its host is all that is shown of it. */
function sourceOf(url: string): string {
  if (!URL.canParse(url)) return 'the copy';
  const { host, protocol } = new URL(url);
  return host || protocol;
}
