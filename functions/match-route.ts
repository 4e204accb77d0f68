import { type RouteName, routes } from '../lib/contract/routes.ts';
import { ProblemError } from '../lib/dispatch/problem.ts';

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

/** The verb of a request's method and path. */
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
