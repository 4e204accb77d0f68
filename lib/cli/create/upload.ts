import { RefusedError, UnreachableError } from '../../client/index.ts';
import { Problem } from '../../contract/problems.ts';
import type { Upload } from '../../contract/projects.ts';
import type { Context } from '../frame/context.ts';
import type { LoadProgress } from './load-progress.ts';
import type { ManifestSource } from './manifest-source.ts';

/**
 * Puts a manifest where the server wants it, as it comes, in bounded memory.
 *
 * Throws what reading the manifest threw, `RefusedError`, or `UnreachableError` where no usable answer came.
 */
export async function upload(
  { signal }: Context,
  { url, method }: Upload,
  { bytes, sizeBytes }: ManifestSource,
  progress: LoadProgress,
): Promise<void> {
  let fault: { readonly error: unknown } | undefined;
  async function* counted(): AsyncGenerator<Uint8Array> {
    let done = 0;
    try {
      for await (const chunk of bytes) {
        yield chunk;
        done += chunk.length;
        progress.show('uploading', { done, total: sizeBytes, unit: 'bytes' });
      }
    } catch (error) {
      fault = { error };
      throw error;
    }
  }
  const response = await fetch(url, {
    method,
    // Some stores take a PUT only if they know its length beforehand.
    headers: sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) },
    body: ReadableStream.from(counted()),
    duplex: 'half',
    signal,
  }).catch(error => {
    if (fault) throw fault.error;
    if (signal.aborted) throw signal.reason;
    throw new UnreachableError(`the upload broke off: ${reasonOf(error)}`, { cause: error });
  });
  if (!response.ok) await refuse(response);
}

async function refuse(response: Response): Promise<never> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (problem.success && response.status < 500) throw new RefusedError(problem.data);
  throw new UnreachableError(`the upload was answered with ${response.status}`);
}

/** fetch hides the reason of a failure in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
