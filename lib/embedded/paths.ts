import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** Whether a path is a folder or lies in it, by its name alone. `folder` is absolute. */
export function inside(folder: string, path: string): boolean {
  const whole = resolve(path);
  return whole === folder || whole.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** There is no such file, or none that this process may read: as good as absent. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABSENT.has(String(error.code));
}

const ABSENT = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
]);

/** Opens a file for reading; undefined when there is none, or it is not a plain file. */
export async function openPlainFile(path: string): Promise<FileHandle | undefined> {
  // Without NONBLOCK, opening a named pipe would wait for its writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(error => {
    if (isAbsence(error)) return undefined;
    throw error;
  });
  if (!file || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}
