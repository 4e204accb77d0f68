import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LIMITS } from '../contract/limits.ts';
import type { Caller } from '../domain/project.ts';
import type { Provenance } from './access.ts';
import { serveFile } from './file-server.ts';
import type { LocalFiles } from './folder-files.ts';
import { sendProblem } from './problem-response.ts';
import { FILES_PATH, type SignedUrls } from './signed-urls.ts';

/** A request and reply as a Lambda function URL has them. */
interface ApiEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** Absent when it is not known who calls: the API decides what that means. */
    readonly authorizer?: { readonly sluice: Caller };
  };
  readonly body?: string;
}
interface ApiReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Api = (event: ApiEvent, context: { signal: AbortSignal }) => Promise<ApiReply>;

export interface ServerOptions {
  readonly api: Api;
  /** Who bears a token, or undefined; called with undefined when there is none. */
  readonly authenticate: (token: string | undefined) => Caller | undefined;
  /** Why a request is refused for where it comes from, or nothing when it is not. */
  readonly strangerFault: (request: Provenance) => string | undefined;
  /** Runs a piece of work, and resolves with its result when all that rests on is on the disk. */
  readonly durably: <T>(work: () => Promise<T>) => Promise<T>;
  readonly files: LocalFiles;
  readonly urls: SignedUrls;
  readonly now: () => number;
  readonly warn: (message: string, error: unknown) => void;
}

/** The local HTTP server: signed files, and the API through the same handlers and events as on AWS. */
export function createLocalServer(options: ServerOptions): Server {
  return createServer(SETTINGS, (request, response) => {
    answer(options, request, response).catch(error => {
      // A caller that hangs up is its own affair.
      if (isHangUp(error)) {
        response.destroy();
        return;
      }
      options.warn(`${request.method} ${request.url} failed`, error);
      if (!response.headersSent)
        sendProblem(response, 'unavailable', 'Sluice could not keep what this request did');
      else response.destroy();
    });
  });
}

const SETTINGS = {
  keepAliveTimeout: 75_000,
  // An upload may take hours; one whose sender has vanished ends with its connection.
  requestTimeout: 0,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && HANG_UPS.has(String(error.code));
}

const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '/', method = 'GET' } = request;
  const [path = '/', query = ''] = splitOnce(url, '?');
  if (path.startsWith(FILES_PATH)) return serveFile(options, request, response, path);

  const stranger = options.strangerFault(request.headers);
  if (stranger) return sendProblem(response, 'forbidden', stranger);
  const caller = options.authenticate(bearerOf(request));
  // What nobody known sends is not even read: what is open to anybody takes no body.
  const body = caller ? await readBody(request, response) : '';
  if (body === undefined) return;
  const event: ApiEvent = {
    rawPath: path,
    rawQueryString: query,
    headers: {},
    requestContext: caller ? { http: { method }, authorizer: { sluice: caller } } : { http: { method } },
    body,
  };
  const reply = await options.durably(() => options.api(event, new CallContext(response)));
  response.writeHead(reply.statusCode, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

/** The body as text, or undefined when it is too large or no text and the caller was told so. */
function readBody(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= LIMITS.bodyBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    const [only] = chunks;
    const body = only && chunks.length === 1 ? only : Buffer.concat(chunks);
    if (bytes > LIMITS.bodyBytes)
      sendProblem(
        response,
        'body_too_large',
        `a request may have ${LIMITS.bodyBytes} bytes; this one has ${bytes}`,
      );
    else if (!isUtf8(body)) sendProblem(response, 'invalid_request', 'the body is not UTF-8');
    resolve(response.headersSent ? undefined : body.toString('utf8'));
  });
  request.on('error', reject);
  return promise;
}

/** Its signal aborts when the caller hangs up before it was answered; made only for those who look at it. */
class CallContext {
  readonly #response: ServerResponse;
  #hangUp: AbortController | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get signal(): AbortSignal {
    this.#hangUp ??= hangUpOf(this.#response);
    return this.#hangUp.signal;
  }
}

function hangUpOf(response: ServerResponse): AbortController {
  const hangUp = new AbortController();
  const closed = () => {
    if (!response.writableFinished) hangUp.abort();
  };
  if (response.closed) closed();
  else response.on('close', closed);
  return hangUp;
}

function bearerOf({ headers: { authorization } }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
