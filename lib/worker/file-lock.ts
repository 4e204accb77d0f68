/** Another process, or another part of this one, holds the lock. */
export class LockedError extends Error {
  constructor(path: string) {
    super(`${path} is in use by another worker that runs now: give each worker a file of its own`);
    this.name = 'LockedError';
  }
}

export interface FileLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Locks a file against everyone else who locks it so, or fails with `LockedError`.
 *
 * The lock is SQLite's, on an empty database beside the file: the operating system lets go of it when the process
 * dies, however it dies. A file with a process id would need somebody to judge whether that process still lives,
 * which cannot be known across the machines, containers and restarts that workers run in.
 */
export async function lockFile(path: string): Promise<FileLock> {
  // Imported here, because Node 22 warns on import that SQLite is experimental, and few workers need it.
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      throw new LockedError(path);
    throw new Error(`${path}.lock cannot be locked`, { cause: error });
  }
  return { release: () => database.close() };
}
