import { Problem } from '../contract/problems.ts';
import { type Route, type RouteInput, type RouteName, type RouteReply, routes } from '../contract/routes.ts';
import { RefusedError, UnreachableError } from './errors.ts';

export interface ClientOptions {
  /** Base URL, such as `http://127.0.0.1:8470`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One function for each verb of the API: `client.reserve({ project: 12, worker: 'w1' })`. */
export type Client = {
  readonly [N in RouteName]: (input: RouteInput<N>, options?: CallOptions) => Promise<RouteReply<N>>;
} & { readonly server: string };

/**
 * The typed client of a Sluice server.
 *
 * Every verb answers with the contract's reply, and fails with `RefusedError` (the server said no, with a stable
 * code) or `UnreachableError` (no usable answer: connection failures, 5xx, replies that are not Sluice's).
 */
export function createClient(options: ClientOptions): Client {
  const server = options.server.replace(/\/+$/, '');
  const verbs = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      (input: Record<string, unknown>, callOptions: CallOptions = {}) =>
        call(server, options, route, input, callOptions),
    ]),
  );
  return { ...verbs, server } as unknown as Client;
}

async function call(
  server: string,
  options: ClientOptions,
  route: Route,
  input: Record<string, unknown>,
  { signal }: CallOptions,
): Promise<unknown> {
  const { project, ...fields } = input;
  const url = new URL(server + route.path.replace('{project}', String(project)));
  const headers = new Headers({ accept: 'application/json' });
  if (options.token) headers.set('authorization', `Bearer ${options.token}`);
  const init: RequestInit = { method: route.method, headers, signal: signal ?? null };
  if (route.method === 'GET' || route.method === 'DELETE') {
    for (const [key, value] of Object.entries(fields))
      if (value !== undefined) url.searchParams.set(key, String(value));
  } else {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(fields);
  }
  const response = await send(options.fetch ?? fetch, url, init);
  return read(response, route, server);
}

async function send(fetcher: typeof fetch, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetcher(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw new UnreachableError(`no answer from ${url.origin}: ${reasonOf(cause)}`, { cause });
  }
}

async function read(response: Response, route: Route, server: string): Promise<unknown> {
  const body = await jsonOf(response, server);
  if (response.ok) {
    const reply = route.reply.safeParse(body);
    if (reply.success) return reply.data;
    throw new UnreachableError(`${server} answered something that is not Sluice's`, { cause: reply.error });
  }
  const problem = Problem.safeParse(body);
  if (!problem.success) throw new UnreachableError(`${server} answered ${response.status} without a reason`);
  if (response.status >= 500) throw new UnreachableError(problem.data.detail, { cause: problem.data });
  throw new RefusedError(problem.data);
}

async function jsonOf(response: Response, server: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new UnreachableError(`${server} answered ${response.status} with something that is not JSON`, {
      cause,
    });
  }
}

/** fetch hides the reason of a network failure in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
