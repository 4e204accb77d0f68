import { placed } from '../contract/path.ts';
import { UnreachableError } from './errors.ts';
import type { Answer, Call, Transport } from './transport.ts';

export interface HttpOptions {
  /** Base URL, such as `http://127.0.0.1:8470`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly fetch?: Fetch | undefined;
}

/** As much of `fetch` as is used here. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Pick<Response, 'status' | 'text'>>;

/** By HTTP, as the contract's routes say. */
export function overHttp({ server, token, fetch: fetcher = fetch }: HttpOptions): Transport {
  return async call => {
    const { method, url, body } = httpRequestOf(server, call);
    const headers = new Headers({ accept: 'application/json' });
    if (token) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    return send(fetcher, url, { method, headers, body: body ?? null, signal: call.signal ?? null });
  };
}

/** What HTTP says of a call: GET and DELETE have their input in the query, the others in the body, as JSON. */
export function httpRequestOf(server: string, { route, input }: Call) {
  const { path, fields } = placed(route.path, input);
  const url = new URL(server + path);
  const { method } = route;
  if (method === 'POST' || method === 'PUT') return { method, url, body: JSON.stringify(fields) };
  for (const [key, value] of Object.entries(fields))
    if (value !== undefined) url.searchParams.set(key, String(value));
  return { method, url };
}

async function send(fetcher: Fetch, url: URL, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetcher(url, init);
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw new UnreachableError(`no answer from ${url.origin}: ${reasonOf(cause)}`, { cause });
  }
}

/** fetch hides the reason of a network failure in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
