import { type RouteName, routes } from '../lib/contract/routes.ts';
import { ProblemError } from '../lib/dispatch/problem.ts';

/** A verb, or why there is none; `allow` says what the path takes (RFC 9110, 15.5.6). */
type Match = { name: RouteName; named?: Record<string, string> } | { error: ProblemError; allow?: string };

const SHOWN_LENGTH = 100;

/** Routes by path, with what it names as `{project}`, then by method. */
const byPath = new Map<string, Map<string, RouteName>>();
/** What is named below each kind of things: `project` below `projects`. */
const nameBelow = new Map<string, string>();
for (const [name, { path, method }] of Object.entries(routes)) {
  const methods = byPath.get(path) ?? new Map<string, RouteName>();
  methods.set(method, name as RouteName);
  byPath.set(path, methods);
  const [, kind, named] = /^\/v1\/(\w+)\/\{(\w+)\}/.exec(path) ?? [];
  if (kind !== undefined && named !== undefined) nameBelow.set(kind, named);
}

/** The verb of a request's method and path. */
export function matchRoute(method: string, path: string): Match {
  const { pattern, named } = patternOf(path);
  const methods = byPath.get(pattern);
  if (!methods) return { error: new ProblemError('not_found', `there is nothing at ${shorten(path)}`) };
  const name = methods.get(method);
  if (!name) {
    const allowed = [...methods.keys()];
    const detail = `${shorten(path)} takes ${allowed.join(' and ')}, not ${method}`;
    return { error: new ProblemError('method_not_allowed', detail), allow: allowed.join(', ') };
  }
  return named ? { name, named } : { name };
}

/** The path with what it names as `{project}`, as routes have it; a path that is a route by itself names nothing. */
function patternOf(path: string): { pattern: string; named?: Record<string, string> } {
  if (byPath.has(path)) return { pattern: path };
  const [, kind = '', text = '', rest = ''] = /^\/v1\/(\w+)\/([^/]+)(.*)$/.exec(path) ?? [];
  const name = nameBelow.get(kind);
  if (name === undefined) return { pattern: path };
  return { pattern: `/v1/${kind}/{${name}}${rest}`, named: { [name]: text } };
}

function shorten(path: string): string {
  return path.length > SHOWN_LENGTH ? `${path.slice(0, SHOWN_LENGTH)}…` : path;
}
