import { randomBytes } from 'node:crypto';
import { setWorkerId, type WorkerIdentity, workerIdentity } from '../../worker/worker-id.ts';
import { EXIT } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { CliError } from '../frame/errors.ts';

/** Says which worker speaks, where a command needs to know. */
export const WORKER = {
  type: 'string',
  short: 'w',
  placeholder: 'ID',
  env: 'SLUICE_WORKER',
  description: 'the worker, if not the one whose id is kept in this folder',
} as const;

/** Says which files a worker wants, where it asks for some. */
export const SITE = {
  type: 'string',
  short: 'c',
  description: 'where the worker is: decides which copies it is given',
} as const;
export const LANE = {
  type: 'string',
  multiple: true,
  description: 'only files of this lane; of several, those of the first come first',
} as const;

/** The id given, or the one that is kept in this folder; a new one where there is none. Throws `CliError`. */
export async function workerOf(context: Context, given: string | undefined): Promise<string> {
  return (await identityOf(context, given)).id;
}

/** The same, and whether it is new. */
export function identityOf({ cwd }: Context, given: string | undefined): Promise<WorkerIdentity> {
  return workerIdentity({ cwd, given }).catch(noId);
}

/** Keeps an id, or a new one, as that of the worker in this folder, and answers it. Throws `CliError`. */
export async function keepWorker({ cwd }: Context, id = randomBytes(4).toString('hex')): Promise<string> {
  await setWorkerId({ cwd, id }).catch(noId);
  return id;
}

function noId(cause: unknown): never {
  const sentence = cause instanceof Error ? cause.message : String(cause);
  throw new CliError(EXIT.usage, 'worker_id', sentence, { cause });
}
