import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError, messageOf } from '../handler.ts';

/** Where one file's copy and its output are, for as long as it is worked on. */
export interface Scratch {
  readonly path: string;
  readonly out: string;
}

/**
 * Calls `use` with a place for one file and one output, which is removed afterwards, whatever happens.
 *
 * @param parent an existing folder
 * @param name the file's name in it
 * @param onLeft hears why something could not be removed
 * @throws FatalError when there can be no folder
 */
export function withScratch<T>(
  parent: string,
  name: string,
  onLeft: (message: string) => void,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  return withFolder(parent, onLeft, async folder => {
    // Two folders, so that the output may have the file's own name, too.
    await mkdir(join(folder, 'in'));
    await mkdir(join(folder, 'out'));
    return use({ path: join(folder, 'in', name), out: join(folder, 'out', name) });
  });
}

/** Calls `use` with a private folder that is removed afterwards, whatever happens. It fails as `withScratch` does. */
export async function withFolder<T>(
  parent: string,
  onLeft: (message: string) => void,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, 'sluice-')).catch(cause => {
    throw new FatalError(`the scratch folder ${parent} cannot be used: ${messageOf(cause)}`, { cause });
  });
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(error =>
      onLeft(`${folder} could not be removed: ${messageOf(error)}`),
    );
  }
}
