import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXIT } from './exit-codes.ts';
import type { Context } from './frame/context.ts';
import { CliError } from './frame/errors.ts';

/** The text of a file that the command line names; `-` is standard input. Throws `CliError`. */
export async function readText({ cwd, stdin }: Context, path: string): Promise<string> {
  if (path === '-') return text(stdin());
  return readFile(resolve(cwd, path), 'utf8').catch(error => unreadable(path, error));
}

/** Ends the command because a file or folder that the command line names cannot be read. */
export function unreadable(path: string, error: unknown): never {
  const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
  const said = reason ?? (error instanceof Error ? error.message : String(error));
  throw new CliError(EXIT.usage, 'unreadable', `${path} cannot be read: ${said}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'you may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is not a folder',
};
