import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SYNCS = 100;
const PAGE = Buffer.alloc(4096);

/** Milliseconds that one sync of a small write takes on the disk of a folder, the median of many. */
export function syncMillis(folder: string): number {
  const path = join(folder, 'sync');
  const file = openSync(path, 'w');
  const millis = Array.from({ length: SYNCS }, () => {
    writeSync(file, PAGE);
    const begin = performance.now();
    fdatasyncSync(file);
    return performance.now() - begin;
  });
  closeSync(file);
  rmSync(path);
  return millis.sort((a, b) => a - b)[SYNCS / 2] ?? 0;
}
