import { EXIT, type ExitCode, exitCodeOfStatus } from '../exit-codes.ts';
import { CliError } from './errors.ts';
import { oneLine } from './text.ts';

/** An error as the user meets it. */
interface Described {
  readonly exitCode: ExitCode;
  /** The stable word that scripts read. */
  readonly code: string;
  readonly message: string;
}

/** Finds the exit code, the code word and the sentence of whatever a command threw. */
export function describeError(error: unknown): Described {
  if (error instanceof CliError) {
    return { exitCode: error.exitCode, code: error.code, message: oneLine(error.message) };
  }
  if (isRefusal(error)) {
    return { exitCode: exitCodeOfStatus(error.status), code: error.code, message: oneLine(error.message) };
  }
  if (isFetchFailure(error)) {
    const message = oneLine(`the server cannot be reached: ${reasonOf(error.cause)}`);
    return { exitCode: EXIT.unavailable, code: 'unreachable', message };
  }
  const fault = error instanceof Error ? error.message : String(error);
  const message = oneLine(`internal fault: ${fault} (SLUICE_DEBUG=1 shows where)`);
  return { exitCode: EXIT.internal, code: 'internal', message };
}

/** An HTTP answer that the client turned into an error: the status, and the problem's own code. */
function isRefusal(error: unknown): error is Error & { status: number; code: string } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    'code' in error &&
    typeof error.code === 'string'
  );
}

/** What `fetch` throws where no answer came; the reason is its cause. */
function isFetchFailure(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message === 'fetch failed';
}

function reasonOf(cause: unknown): string {
  // A host with several addresses fails with one error for each, and a message of its own that is empty.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : 'no answer';
}
