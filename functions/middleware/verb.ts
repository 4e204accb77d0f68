import middy from '@middy/core';
import type { Context as LambdaContext } from 'aws-lambda';
import { type RouteName, type RouteReply, type RouteRequest, routes } from '../../lib/contract/routes.ts';
import type { Call, Context } from '../../lib/dispatch/context.ts';
import type { Caller } from '../../lib/domain/project.ts';
import { type CallContext, type HttpEvent, type HttpReply, jsonReply } from '../http.ts';
import { caller } from './caller.ts';
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
    middy<Asked<N>, HttpReply, Error, LambdaContext & CallContext>()
      .use(problems(context.warn))
      .use(caller(route, context.layout.signIn))
      .use(input(route))
      .handler(async ({ caller, input }, lambda) =>
        jsonReply(route.status, await useCase(context, new VerbCall(caller, lambda), input)),
      ) as unknown as Handler;
  return { name, handlerFor };
}

/** Few use-cases look at the signal, and it costs something to make. */
class VerbCall implements Call {
  readonly caller: Caller;
  readonly #lambda: CallContext;

  constructor(caller: Caller, lambda: CallContext) {
    this.caller = caller;
    this.#lambda = lambda;
  }

  get signal(): AbortSignal | undefined {
    return this.#lambda.signal;
  }
}

/** An event after the middlewares before the handler: its caller is known, its input is checked. */
type Asked<N extends RouteName> = HttpEvent & { caller: Caller; input: RouteRequest<N> };
