import type { Problem, ProblemCode } from '../contract/problems.ts';

/** The server refused the request and said why. Repeating it unchanged will not help. */
export class RefusedError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'RefusedError';
    this.problem = problem;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  /** The HTTP status, 400 to 499. */
  get status(): number {
    return this.problem.status;
  }
}

/** No usable answer came: the server is away, restarting, overloaded, or something else answers in its place. */
export class UnreachableError extends Error {
  readonly code = 'unreachable';
  readonly status = 503;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreachableError';
  }
}
