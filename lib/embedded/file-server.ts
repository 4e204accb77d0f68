import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LIMITS } from '../contract/limits.ts';
import type { LocalFiles } from './folder-files.ts';
import { sendProblem } from './server.ts';
import type { SignedUrls, UrlMethod } from './signed-urls.ts';

export interface FileServerOptions {
  readonly files: LocalFiles;
  readonly urls: SignedUrls;
  readonly now: () => number;
}

/** Serves one signed URL: GET and HEAD with a single range (RFC 9110), or PUT. */
export async function serveFile(
  { files, urls, now }: FileServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const method = methodOf(request);
  if (!method) return sendProblem(response, 'method_not_allowed', 'a file can be read or put');
  const verified = urls.verify(method, path, now());
  if ('fault' in verified) return sendProblem(response, 'forbidden', verified.fault);
  if (method === 'PUT') return receive(files, request, response, verified.resource);
  const file = await openReadable(files, verified.resource);
  if (!file) return sendProblem(response, 'not_found', 'the file is not there');
  await send(file, request, response);
}

function methodOf({ method }: IncomingMessage): UrlMethod | undefined {
  if (method === 'PUT') return 'PUT';
  return method === 'GET' || method === 'HEAD' ? 'GET' : undefined;
}

async function openReadable(files: LocalFiles, resource: string): Promise<FileHandle | undefined> {
  const path = await files.readablePath(resource);
  const handle = path === undefined ? undefined : await open(path).catch(() => undefined);
  if (!handle) return undefined;
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

async function send(file: FileHandle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { size } = await file.stat();
    const range = rangeOf(request.headers.range, size);
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(createReadStream('', { fd: file, start, end, autoClose: false }), response);
  } catch (error) {
    // A reader that hangs up is its own affair.
    if (!response.destroyed) throw error;
  } finally {
    await file.close();
  }
}

/** One byte range; anything else that the header may say is ignored, as RFC 9110 allows. */
function rangeOf(header: string | undefined, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start >= size || end < start ? ('unsatisfiable' as const) : { start, end };
}

async function receive(
  files: LocalFiles,
  request: IncomingMessage,
  response: ServerResponse,
  resource: string,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.uploadBytes)
    return sendProblem(response, 'body_too_large', `an upload may have ${LIMITS.uploadBytes} bytes`);
  await files.receive(resource, limited(request));
  response.writeHead(200).end();
}

async function* limited(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LIMITS.uploadBytes) throw new Error('the upload is too large');
    yield chunk;
  }
}
