import type { MiddlewareObj } from '@middy/core';
import { PROBLEMS, type Problem, type ProblemCode } from '../../lib/contract/problems.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { type HttpReply, jsonReply } from '../http.ts';

/** Answers every error as a problem document (RFC 9457). What is not a known refusal is a fault of ours: 500. */
export function problems(warn: (message: string, error: unknown) => void): MiddlewareObj<unknown, HttpReply> {
  return {
    onError: request => {
      request.response = problemReply(request.error, warn);
    },
  };
}

export function problemReply(error: unknown, warn: (message: string, error: unknown) => void): HttpReply {
  const known =
    error instanceof PortUnavailable ? unavailable(error) : error instanceof ProblemError ? error : undefined;
  if (!(error instanceof ProblemError)) warn('a request failed', error);
  const code = known?.code ?? 'internal';
  const { status, title } = PROBLEMS[code];
  const problem: Problem = {
    type: `urn:sluice:problem:${code}`,
    title,
    status,
    code,
    detail:
      known?.message ??
      'Something went wrong inside Sluice; its log says what. Nothing is known to have changed.',
    ...(known?.faults && { faults: [...known.faults] }),
  };
  return { ...jsonReply(status, problem), headers: HEADERS[code] ?? PROBLEM_HEADERS };
}

const PROBLEM_HEADERS = { 'content-type': 'application/problem+json' };

/** What HTTP asks for beside the document (RFC 9110, 11.6.1). */
const HEADERS: { [C in ProblemCode]?: HttpReply['headers'] } = {
  unauthenticated: { ...PROBLEM_HEADERS, 'www-authenticate': 'Bearer' },
};

function unavailable(cause: PortUnavailable): ProblemError {
  return new ProblemError('unavailable', `${cause.message}; whether this request took effect is unknown`, {
    cause,
  });
}
