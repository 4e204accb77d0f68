import type { Fault, ProblemCode } from '../contract/problems.ts';

/** A request that is refused; the caller is told the code, the sentence and the faults. Nothing was changed. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly Fault[] | undefined;

  constructor(code: ProblemCode, detail: string, options: ErrorOptions & { faults?: readonly Fault[] } = {}) {
    super(detail, options);
    this.name = 'ProblemError';
    this.code = code;
    this.faults = options.faults;
  }
}
