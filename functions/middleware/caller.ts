import type { MiddlewareObj } from '@middy/core';
import type { Route } from '../../lib/contract/routes.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import type { Caller } from '../../lib/domain/project.ts';
import type { HttpEvent, HttpReply } from '../http.ts';

/** Who asks without a token, where anybody may. */
const ANYBODY: Caller = { user: '', roles: [], admin: false };

/**
 * Refuses a request of nobody known, unless the verb is open to anybody; before anything of it is looked at. `signIn`
 * is the home's word on how to become known.
 */
export function caller(
  { isOpen }: Route,
  signIn: string,
): MiddlewareObj<HttpEvent & { caller?: Caller }, HttpReply> {
  return {
    before: ({ event }) => {
      const known = event.requestContext.authorizer?.sluice;
      if (!known && !isOpen) throw new ProblemError('unauthenticated', signIn);
      event.caller = known ?? ANYBODY;
    },
  };
}
