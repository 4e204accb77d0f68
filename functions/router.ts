import type { Context } from '../lib/dispatch/context.ts';
import { ProblemError } from '../lib/dispatch/problem.ts';
import { matchRoute } from './match-route.ts';
import { problemReply } from './middleware/problems.ts';
import type { Handler, Verb } from './middleware/verb.ts';

/** Some verbs of the API as one function: finds the verb of a request and lets its handler answer. */
export function routerOf(context: Context, verbs: readonly Verb[]): Handler {
  const handlers = new Map(verbs.map(({ name, handlerFor }) => [name, handlerFor(context)]));
  return async (event, callContext) => {
    const match = matchRoute(event.requestContext.http.method, event.rawPath);
    if ('error' in match) {
      const reply = problemReply(match.error, context.warn);
      return match.allow ? { ...reply, headers: { ...reply.headers, allow: match.allow } } : reply;
    }
    const handler = handlers.get(match.name);
    if (!handler) {
      const detail = `this function answers ${[...handlers.keys()].join(', ')}, not ${match.name}`;
      return problemReply(new ProblemError('not_found', detail), context.warn);
    }
    const { named } = match;
    return handler(named ? { ...event, pathParameters: named } : event, callContext);
  };
}
