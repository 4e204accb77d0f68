import type * as z from 'zod';
import { clauseOf, faultsOf } from '../contract/faults.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './frame/errors.ts';

/** Reads JSON of some form; `name` says where it came from. Throws `CliError` with the first thing that is wrong. */
export function readJson<S extends z.ZodType>(schema: S, text: string, name: string): z.output<S> {
  const parsed = schema.safeParse(jsonOf(text, name), { error: clauseOf });
  if (parsed.success) return parsed.data;
  const [fault] = faultsOf(parsed.error);
  const message = fault?.message.replace(/^the body: /, '') ?? 'it is not of this form';
  throw invalid(name, fault?.path === undefined ? message : `${fault.path}: ${message}`);
}

/** Ends the command because what stands in a file is not right. */
export function invalid(name: string, sentence: string): CliError {
  return new CliError(EXIT.usage, 'invalid_file', `${name}: ${sentence}`);
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(name, 'it is not JSON');
  }
}
