import middy from '@middy/core';
import type { Context as LambdaContext } from 'aws-lambda';
import { type RouteName, type RouteReply, type RouteRequest, routes } from '../../lib/contract/routes.ts';
import type { Call, Context } from '../../lib/dispatch/context.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { type CallContext, type HttpEvent, type HttpReply, jsonReply } from '../http.ts';
import { input } from './input.ts';
import { problems } from './problems.ts';

export type Handler = (event: HttpEvent, context: CallContext) => Promise<HttpReply>;

/** A use-case: who calls and what they ask, validated, to the reply. */
export type UseCase<N extends RouteName> = (
  context: Context,
  call: Call,
  request: RouteRequest<N>,
) => Promise<RouteReply<N>>;

/** One verb of the API as a function that a home makes a handler of: check the input, decide, reply. */
export interface Verb {
  readonly name: RouteName;
  readonly handlerFor: (context: Context) => Handler;
}

export function verb<N extends RouteName>(name: N, useCase: UseCase<N>): Verb {
  const route = routes[name];
  const handlerFor = (context: Context): Handler =>
    middy<HttpEvent & { input?: unknown }, HttpReply, Error, LambdaContext & CallContext>()
      .use(problems(context.warn))
      .use(input(route))
      .handler(async (event, { signal }) => {
        const caller = event.requestContext.authorizer?.sluice;
        if (!caller) throw new ProblemError('unauthenticated', 'the request does not say who calls');
        return jsonReply(
          route.status,
          await useCase(context, { caller, signal }, event.input as RouteRequest<N>),
        );
      }) as unknown as Handler;
  return { name, handlerFor };
}
