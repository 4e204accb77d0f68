import * as z from 'zod';
import type { RefusalCode } from './work.ts';

/**
 * The code of every problem, with the HTTP status it is answered with.
 * A caller decides by the code; title and detail are for people.
 */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Who are you?' },
  forbidden: { status: 403, title: 'You may not do this' },
  not_found: { status: 404, title: 'There is nothing here' },
  project_unknown: { status: 404, title: 'There is no such project' },
  file_unknown: { status: 404, title: 'The project has no such file' },
  queue_unknown: { status: 404, title: 'There is no such queue' },
  task_unknown: { status: 404, title: 'There is no such task' },
  config_unknown: { status: 404, title: 'There is no such configuration' },
  webhook_unknown: { status: 404, title: 'There is no such webhook' },
  method_not_allowed: { status: 405, title: 'This cannot be done here' },
  project_inactive: { status: 409, title: 'The project is not active' },
  wrong_state: { status: 409, title: 'It is in another state' },
  token_unknown: { status: 409, title: 'There is no such reservation' },
  lease_expired: { status: 409, title: 'The lease ran out' },
  overtaken: { status: 409, title: 'It was given to somebody else since' },
  already_settled: { status: 409, title: 'This reservation was reported otherwise before' },
  other_worker: { status: 409, title: 'Another worker holds the file' },
  not_reserved: { status: 409, title: 'Nobody holds the file' },
  body_too_large: { status: 413, title: 'The request or its answer is too large' },
  task_too_large: { status: 413, title: 'Too much would be kept of the task' },
  manifest_invalid: { status: 422, title: 'The manifest has faults' },
  busy: { status: 503, title: 'Too busy' },
  unavailable: { status: 503, title: 'Not available' },
  internal: { status: 500, title: 'A fault in Sluice' },
} as const satisfies Record<string, { status: number; title: string }> & Record<RefusalCode, unknown>;

export type ProblemCode = keyof typeof PROBLEMS;

const problemCodes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const Fault = z
  .object({
    line: z.int().optional().describe('In a manifest'),
    path: z.string().optional().describe('In a request: `files.3.name`'),
    message: z.string(),
  })
  .describe('A fault at one place of a request or manifest');
export type Fault = z.infer<typeof Fault>;

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes),
    detail: z.string().describe('What is wrong and what can be done, in one sentence'),
    faults: z.array(Fault).optional().describe('The first five faults of a request or manifest'),
  })
  .describe('An error reply (RFC 9457, `application/problem+json`)');
export type Problem = z.infer<typeof Problem>;
