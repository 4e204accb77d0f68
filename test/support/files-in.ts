import { readdir } from 'node:fs/promises';

/** Names of the plain files in a folder and all that lie in it, in no order; none when it is not there. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter(entry => entry.isFile()).map(({ name }) => name);
}
