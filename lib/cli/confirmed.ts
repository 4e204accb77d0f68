import { createInterface } from 'node:readline';
import { EXIT } from './exit-codes.ts';
import type { Context } from './frame/context.ts';
import { CliError } from './frame/errors.ts';

/** Asks on the terminal whether to do something, such as `delete project 7`; whatever is not yes is no. */
export async function confirmed(context: Context, what: string, details = ''): Promise<boolean> {
  const input = context.stdin();
  if (!input.isTTY)
    throw new CliError(EXIT.usage, 'usage', `to ${what} where nobody can be asked, give --yes`);
  context.stderr.write(`${what}${details}? [y/N] `);
  const lines = createInterface({ input, signal: context.signal });
  for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
  context.signal.throwIfAborted();
  return false;
}
