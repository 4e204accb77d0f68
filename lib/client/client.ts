import { Problem } from '../contract/problems.ts';
import { type Route, type RouteInput, type RouteName, type RouteReply, routes } from '../contract/routes.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { type HttpOptions, overHttp } from './over-http.ts';
import type { Answer, Transport } from './transport.ts';

export type ClientOptions = HttpOptions;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One function for each verb of the API: `client.reserve({ project: 12, worker: 'w1' })`. */
export type Client = {
  readonly [N in RouteName]: (input: RouteInput<N>, options?: CallOptions) => Promise<RouteReply<N>>;
} & { readonly server: string };

/**
 * The typed client of a Sluice server that is reached by HTTP.
 *
 * Every verb answers with the contract's reply, and fails with `RefusedError` (the server said no, with a stable
 * code) or `UnreachableError` (no usable answer: connection failures, 5xx, replies that are not Sluice's).
 */
export function createClient(options: ClientOptions): Client {
  const server = options.server.replace(/\/+$/, '');
  return clientOver(server, overHttp({ ...options, server }));
}

/** The same over any transport. `server` is how the server is called in errors. */
export function clientOver(server: string, transport: Transport): Client {
  const verbs = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      async (input: Record<string, unknown>, { signal }: CallOptions = {}) =>
        read(await transport({ name: name as RouteName, route, input, signal }), route, server),
    ]),
  );
  return { ...verbs, server } as unknown as Client;
}

function read(answer: Answer, route: Route, server: string): unknown {
  const { status } = answer;
  const body = jsonOf(answer, server);
  if (status >= 200 && status < 300) {
    const reply = route.reply.safeParse(body);
    if (reply.success) return reply.data;
    throw new UnreachableError(`${server} answered something that is not Sluice's`, { cause: reply.error });
  }
  const problem = Problem.safeParse(body);
  if (!problem.success) throw new UnreachableError(`${server} answered ${status} without a reason`);
  if (status >= 500) throw new UnreachableError(problem.data.detail, { cause: problem.data });
  throw new RefusedError(problem.data);
}

function jsonOf({ status, text }: Answer, server: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnreachableError(`${server} answered ${status} with something that is not JSON`, { cause });
  }
}
