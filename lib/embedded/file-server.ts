import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LIMITS } from '../contract/limits.ts';
import type { LocalFiles } from './folder-files.ts';
import { sendProblem } from './problem-response.ts';
import type { SignedUrls, UrlMethod } from './signed-urls.ts';

export interface FileServerOptions {
  readonly files: LocalFiles;
  readonly urls: SignedUrls;
  readonly now: () => number;
}

/** Serves one signed URL: GET and HEAD with a single range (RFC 9110), or PUT of at most `maxBytes`. */
export async function serveFile(
  { files, urls, now }: FileServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  maxBytes: number = LIMITS.uploadBytes,
): Promise<void> {
  const method = methodOf(request);
  if (!method) return sendProblem(response, 'method_not_allowed', 'a file can be read or put');
  const verified = urls.verify(method, path, now());
  if ('fault' in verified) return sendProblem(response, 'forbidden', verified.fault);
  const { resource } = verified;
  if (method === 'PUT') return receive(files, resource, request, response, maxBytes);
  const file = await files.openResource(resource);
  if (!file) return sendProblem(response, 'not_found', 'the file is not there, or may not be read');
  try {
    await send(file, request, response);
  } finally {
    await file.close();
  }
}

function methodOf({ method }: IncomingMessage): UrlMethod | undefined {
  if (method === 'PUT') return 'PUT';
  return method === 'GET' || method === 'HEAD' ? 'GET' : undefined;
}

async function send(file: FileHandle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { size } = await file.stat();
  const range = rangeOf(request, size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = end - start + 1;
  response.writeHead(range ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': length,
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const bytes = file.createReadStream({ start, end, autoClose: false });
  await pipeline(bytes, response, { end: false });
  if (bytes.bytesRead === length) response.end();
  // The file was cut short while it was read: a broken connection is the only way left to say so.
  else response.destroy();
}

/**
 * One byte range of a GET; anything else that the header may say is ignored, as RFC 9110 allows. So is a range that
 * holds only if the file is unchanged (If-Range), as files are served without a validator.
 */
function rangeOf({ method, headers }: IncomingMessage, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(headers.range ?? '');
  if (!match || method !== 'GET' || headers['if-range'] !== undefined) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start >= size || end < start ? ('unsatisfiable' as const) : { start, end };
}

async function receive(
  files: LocalFiles,
  resource: string,
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<void> {
  try {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new TooLarge();
    await files.receive(resource, limited(request, maxBytes));
  } catch (error) {
    // Many a client reads no answer before its last byte is taken.
    request.resume();
    if (!(error instanceof TooLarge)) throw error;
    return sendProblem(response, 'body_too_large', `an upload may have ${maxBytes} bytes`);
  }
  response.writeHead(200).end();
}

class TooLarge extends Error {}

async function* limited(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  // Whatever goes wrong here, the caller is still to be told: the connection stays.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLarge();
    yield chunk;
  }
}
