import * as z from 'zod';
import { type Answer, RefusedError, UnreachableError } from '../../client/index.ts';
import { PROBLEMS, Problem, type ProblemCode } from '../../contract/problems.ts';

/** As AWS says why. */
const AwsError = z.object({ Message: z.string().nullish(), message: z.string().nullish() });

/** What was called, and what its caller must be allowed, for people. */
export interface Called {
  readonly server: string;
  readonly permission: string;
}

/** A refusal in Sluice's words. */
export function refused(code: ProblemCode, detail: string): RefusedError {
  return new RefusedError({ type: `urn:sluice:problem:${code}`, ...PROBLEMS[code], code, detail });
}

/** The problem document that Sluice answered with; undefined where it is something else. */
export function problemIn(text: string): Problem | undefined {
  const problem = Problem.safeParse(parsed(text));
  return problem.success && problem.data.type.startsWith('urn:sluice:problem:') ? problem.data : undefined;
}

/** What AWS answered before Sluice had a say: to be tried again (too many requests, AWS's faults), or a refusal. */
export function errorOfAws({ status, text }: Answer, { server, permission }: Called): Error {
  const said = sentenceIn(text);
  const because = said ? ` (${said})` : '';
  if (status === 401 || status === 403)
    return refused(
      'forbidden',
      `AWS does not let these credentials call ${server}${because}: their IAM policy must allow ${permission}`,
    );
  if (status === 404) return refused('not_found', `AWS knows no function at ${server}${because}`);
  if (status === 413)
    return refused(
      'body_too_large',
      `Lambda lets 6 MB through in a request and in an answer, and this is more: send or ask for less at once, and long lists of files as a manifest`,
    );
  if (status === 429) return new UnreachableError(`${server} has too many requests now${because}`);
  // What is being changed or started answers with a conflict.
  if (status >= 500 || status === 409)
    return new UnreachableError(`AWS answered ${status} for ${server}${because}`);
  return refused('invalid_request', `AWS refuses the request to ${server} with ${status}${because}`);
}

function sentenceIn(text: string): string | undefined {
  const { data } = AwsError.safeParse(parsed(text));
  // A bare "Forbidden" says no more than the status.
  const said = data?.Message ?? data?.message ?? '';
  return said.includes(' ') ? said.replace(/\.$/, '') : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
