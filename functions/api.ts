import { type RouteName, routes } from '../lib/contract/routes.ts';
import type { Context } from '../lib/dispatch/context.ts';
import { ProblemError } from '../lib/dispatch/problem.ts';
import { problemReply } from './middleware/problems.ts';
import type { Handler } from './middleware/verb.ts';
import { verbs } from './verbs.ts';

/** The whole API as one function: finds the verb of a request and lets its handler answer. */
export function apiHandler(context: Context): Handler {
  const handlers = new Map(verbs.map(({ name, handlerFor }) => [name, handlerFor(context)]));
  return async (event, callContext) => {
    const match = matchRoute(event.requestContext.http.method, event.rawPath);
    if ('error' in match) {
      const reply = problemReply(match.error, context.warn);
      return match.allow ? { ...reply, headers: { ...reply.headers, allow: match.allow } } : reply;
    }
    const handler = handlers.get(match.name);
    if (!handler) throw new Error(`no handler for ${match.name}`);
    const { project } = match;
    return handler(project === undefined ? event : { ...event, pathParameters: { project } }, callContext);
  };
}

/** A verb, or why there is none; `allow` says what the path takes (RFC 9110, 15.5.6). */
type Match = { name: RouteName; project?: string } | { error: ProblemError; allow?: string };

const SHOWN_LENGTH = 100;

/** Routes by path, with the project's id as `{project}`, then by method. */
const byPath = new Map<string, Map<string, RouteName>>();
for (const [name, { path, method }] of Object.entries(routes)) {
  const methods = byPath.get(path) ?? new Map<string, RouteName>();
  methods.set(method, name as RouteName);
  byPath.set(path, methods);
}

export function matchRoute(method: string, path: string): Match {
  const [, project] = /^\/v1\/projects\/([^/]+)/.exec(path) ?? [];
  const pattern = project === undefined ? path : path.replace(`/projects/${project}`, '/projects/{project}');
  const methods = byPath.get(pattern);
  if (!methods) return { error: new ProblemError('not_found', `there is nothing at ${shorten(path)}`) };
  const name = methods.get(method);
  if (!name) {
    const allowed = [...methods.keys()];
    const detail = `${shorten(path)} takes ${allowed.join(' and ')}, not ${method}`;
    return { error: new ProblemError('method_not_allowed', detail), allow: allowed.join(', ') };
  }
  return project === undefined ? { name } : { name, project };
}

function shorten(path: string): string {
  return path.length > SHOWN_LENGTH ? `${path.slice(0, SHOWN_LENGTH)}…` : path;
}
