import { FatalError } from '../handler.ts';
import type { Exit } from './child.ts';

/** How the end of a program is judged, whatever it works on. */

/** EX_DATAERR of sysexits.h: the input is wrong, and will be wrong the next time. */
const DATA_ERROR = 65;

const LONGEST_LAST_LINE = 300;

/** What the system says when a program is not there, may not be run, or is none. */
const CANNOT_RUN: readonly unknown[] = ['ENOENT', 'EACCES', 'ENOEXEC'];

/** Whether another attempt will not help: exit code 65, or one of those given. */
export function isForGood({ code }: Exit, failCodes: readonly number[]): boolean {
  return code === DATA_ERROR || (code !== null && failCodes.includes(code));
}

/** Why it failed: its code or signal, and the last line that it wrote to standard error. */
export function reasonFor({ code, signal }: Exit, lastLine: string): string {
  const how = signal === null ? `exit ${code}` : `signal ${signal}`;
  return lastLine ? `${how}: ${lastLine.slice(0, LONGEST_LAST_LINE).toWellFormed()}` : how;
}

/** A program that cannot be run would fail everything in its turn. */
export function asFatal(program: string) {
  return (cause: unknown): never => {
    if (cause instanceof Error && 'code' in cause && CANNOT_RUN.includes(cause.code))
      throw new FatalError(`${program} cannot be run: ${cause.message}`, { cause });
    throw cause;
  };
}
