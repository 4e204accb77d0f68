import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inside, isAbsence } from './paths.ts';

/** Folders whose files may be handed out. */
export interface Shares {
  /** Whether a path lies in a share, as it is written. */
  has(path: string): boolean;
  /** Where the file of a path really lies, or undefined when it is not there, or a link leads out of the shares. */
  realPath(path: string): Promise<string | undefined>;
}

/** Fails when one of the folders is not there. */
export function sharesOf(folders: readonly string[]): Shares {
  const real = folders.map(realFolder);
  // People name a share as they know it, which may be a link.
  const named = [...real, ...folders.map(folder => resolve(folder))];
  return {
    has: path => named.some(root => inside(root, path)),
    async realPath(path) {
      const target = await realpath(path).catch(error => {
        if (isAbsence(error)) return undefined;
        throw error;
      });
      return target !== undefined && real.some(root => inside(root, target)) ? target : undefined;
    },
  };
}

function realFolder(folder: string): string {
  try {
    return realpathSync(resolve(folder));
  } catch (cause) {
    throw new Error(`${folder} cannot be shared: there is no such folder`, { cause });
  }
}
