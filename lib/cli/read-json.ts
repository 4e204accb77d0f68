import type { z } from 'zod';
import { EXIT } from './exit-codes.ts';
import { CliError } from './frame/errors.ts';

/** Reads JSON of some form; `path` is where it came from. Throws `CliError` with the first thing that is wrong. */
export function readJson<S extends z.ZodType>(schema: S, text: string, path: string): z.output<S> {
  const parsed = schema.safeParse(jsonOf(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  throw invalid(path, `${place}${issue?.message ?? 'it is not of this form'}`);
}

/** Ends the command because what stands in a file is not right. */
export function invalid(path: string, sentence: string): CliError {
  return new CliError(EXIT.usage, 'invalid_file', `${path}: ${sentence}`);
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(path, 'it is not JSON');
  }
}
