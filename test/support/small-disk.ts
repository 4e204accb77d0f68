import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { tempFolder } from './temp-folder.ts';

const run = promisify(execFile);

/** A folder on a disk without room, as far as one process is concerned; and with room again. */
export interface SmallDisk {
  readonly folder: string;
  fill(pid: number): Promise<void>;
  free(pid: number): Promise<void>;
}

/** A small disk of the running test's own, or where none can be mounted, a limit on what the process may write. */
export async function smallDisk(): Promise<SmallDisk> {
  const folder = join(await tempFolder(), 'disk');
  await mkdir(folder);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
  if (!mounted) return limitedDisk(folder);
  onTestFinished(async () => {
    await run('umount', ['--lazy', folder]);
  });
  const filler = join(folder, 'filler');
  return { folder, fill: () => writeUntilFull(filler), free: () => rm(filler) };
}

function limitedDisk(folder: string): SmallDisk {
  const limit = async (pid: number, bytes: string) => {
    await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  };
  return { folder, fill: pid => limit(pid, '0'), free: pid => limit(pid, 'unlimited') };
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (;;) await file.writeFile(Buffer.alloc(65_536));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}
