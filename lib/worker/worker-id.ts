import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkerId } from '../contract/words.ts';
import { messageOf } from './handler.ts';

/** Where a worker's id is kept, in the folder it works in. */
const OWN_FILE = '.sluice_worker_id';
/** Where Data Dispatcher keeps it; read where there is no file of our own. */
const OTHER_FILE = '.data_dispatcher_worker_id';

export interface WorkerIdOptions {
  /** The folder that the worker works in. */
  readonly cwd: string;
  /** An id to be used this time; it is not kept. */
  readonly given?: string | undefined;
}

/** A worker's id, and whether it was made just now: then nobody has worked under it yet. */
export interface WorkerIdentity {
  readonly id: string;
  readonly isNew: boolean;
}

/**
 * The id of the worker that works in a folder: the one given, or the one kept there, or a new one of eight random
 * hexadecimal digits, which is then kept.
 *
 * @throws Error when the id is none (letters, digits and `_ . @ + -`, at most 64), or cannot be read or kept
 */
export async function workerIdentity({ cwd, given }: WorkerIdOptions): Promise<WorkerIdentity> {
  const id = given === undefined ? await keptId(cwd) : checked(given, given);
  if (id !== undefined) return { id, isNew: false };
  const fresh = randomBytes(4).toString('hex');
  // A worker that begins at the same moment in the same folder may be first: then its id is the folder's.
  return (await keep(cwd, fresh, link)) ? { id: fresh, isNew: true } : workerIdentity({ cwd });
}

/** The same, for whoever needs only the id. */
export async function workerId(options: WorkerIdOptions): Promise<string> {
  return (await workerIdentity(options)).id;
}

/** Keeps an id as that of the worker that works in a folder, in place of the one it had. */
export async function setWorkerId({ cwd, id }: { readonly cwd: string; readonly id: string }): Promise<void> {
  await keep(cwd, checked(id, id), rename);
}

async function keptId(cwd: string): Promise<string | undefined> {
  for (const name of [OWN_FILE, OTHER_FILE]) {
    const path = join(cwd, name);
    try {
      return checked((await readFile(path, 'utf8')).trim(), path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return undefined;
}

/** Puts a file in its place all at once; false when one is there that `place` will not replace. */
async function keep(cwd: string, id: string, place: typeof rename): Promise<boolean> {
  const path = join(cwd, OWN_FILE);
  const fresh = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(fresh, `${id}\n`);
    await place(fresh, path);
    return true;
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return false;
    throw new Error(`the worker id cannot be kept in ${cwd}: ${messageOf(cause)}`, { cause });
  } finally {
    await rm(fresh, { force: true });
  }
}

function checked(id: string, where: string): string {
  const parsed = WorkerId.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new Error(`${where} is no worker id: ${parsed.error.issues[0]?.message}`);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
