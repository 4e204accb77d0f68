import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDERS = 20;
const MAX_BYTES = 64 * 1024;

/** Writes files of random bytes and sizes into subfolders; answers the SHA-256 of each by its path in the folder. */
export async function makeFiles(
  folder: string,
  count: number,
  onFile: (made: number) => void,
): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (let number = 0; number < count; number += 1) {
    const subfolder = `run-${String(number % FOLDERS).padStart(2, '0')}`;
    const name = `${subfolder}/frame-${String(number).padStart(5, '0')}.dat`;
    const bytes = randomBytes(1 + Math.floor(Math.random() * MAX_BYTES));
    await mkdir(join(folder, subfolder), { recursive: true });
    await writeFile(join(folder, name), bytes);
    sums.set(name, createHash('sha256').update(bytes).digest('hex'));
    onFile(number + 1);
  }
  return sums;
}
