import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** The environment of processes for whom each sync takes so much longer. It needs Linux and `cc`. */
export function slowerDisk(folder: string, millis: number): NodeJS.ProcessEnv {
  const library = join(folder, 'slow-sync.so');
  const source = fileURLToPath(new URL('slow-sync.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O2', source, '-o', library, '-ldl'], { stdio: 'inherit' });
  return { LD_PRELOAD: library, SLOW_SYNC_MICROS: String(Math.round(millis * 1000)) };
}
