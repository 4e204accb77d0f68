import { openAsBlob } from 'node:fs';
import { UnreachableError } from '../../client/index.ts';
import { backoffMs, type Clock } from '../clock.ts';
import { limited } from '../line.ts';
import { reasonOf } from './reason.ts';

export interface UploadOptions {
  /** Asks the server where to PUT it. */
  readonly place: (signal: AbortSignal) => Promise<{ readonly url: string }>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

const ANSWER_SECONDS = 30;
/** So often the store may fail in a row while the server says that all is well. */
const STORE_FAILURES = 10;

/**
 * Stores a file as the output of an attempt. As the work is done already, a server that is away is waited for, until
 * `signal` is aborted; each try asks for a fresh URL, because URLs expire.
 *
 * @throws RefusedError when the server will not have the output
 * @throws Error when the store refuses it, or cannot be reached after several tries
 */
export async function upload(path: string, options: UploadOptions): Promise<void> {
  const { place, clock, random, signal } = options;
  const body = await openAsBlob(path);
  let storeFailures = 0;
  for (let failures = 1; ; failures += 1) {
    try {
      const { url } = await limited(place, clock, ANSWER_SECONDS, signal);
      storeFailures += 1;
      return await put(url, body, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnreachableError) || storeFailures >= STORE_FAILURES) throw error;
      await clock.sleep(backoffMs(failures, random), signal);
    }
  }
}

async function put(url: string, body: Blob, { fetch, signal }: UploadOptions): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'PUT', body, signal });
  } catch (cause) {
    throw new UnreachableError(`the store cannot be reached: ${reasonOf(cause)}`, { cause });
  }
  await response.body?.cancel();
  if (response.status >= 500) throw new UnreachableError(`the store answered ${response.status}`);
  if (!response.ok) throw new Error(`the store answered ${response.status}`);
}
