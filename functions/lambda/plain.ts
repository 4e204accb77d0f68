import { placed } from '../../lib/contract/path.ts';
import { type RouteName, routes } from '../../lib/contract/routes.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import type { Caller } from '../../lib/domain/project.ts';
import type { HttpEvent } from '../http.ts';

/** What a direct invocation sends: the verb's input beside `verb`, and what its path names, such as `project`. */
export type Payload = Readonly<Record<string, unknown>>;

/**
 * A direct invocation carries no name: IAM has decided that its caller may use this function, and there is nobody
 * else to ask.
 */
const INVOKER: Caller = { user: 'aws', roles: [], admin: true };

/** A plain payload as the request that it stands for. A function of a single verb need not be told which. */
export function requestOf({ verb, ...payload }: Payload, verbs: readonly RouteName[]): HttpEvent {
  const only = verbs.length === 1 ? verbs[0] : undefined;
  const name = verbs.find(known => known === (verb ?? only));
  if (!name)
    throw new ProblemError(
      'invalid_request',
      `verb: a plain payload names its verb, one of ${verbs.join(', ')}`,
    );
  const { method } = routes[name];
  const { path, fields } = placed(routes[name].path, payload);
  const hasBody = method === 'POST' || method === 'PUT';
  return {
    rawPath: path,
    rawQueryString: hasBody ? '' : queryOf(fields),
    headers: {},
    requestContext: { http: { method }, authorizer: { sluice: INVOKER } },
    ...(hasBody && { body: JSON.stringify(fields) }),
  };
}

function queryOf(input: Payload): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) query.set(name, String(value));
  return query.toString();
}
