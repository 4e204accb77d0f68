import { randomBytes } from 'node:crypto';
import { setWorkerId, workerId } from '../../worker/worker-id.ts';
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

/** The id given, or the one that is kept in this folder; a new one where there is none. Throws `CliError`. */
export function workerOf({ cwd }: Context, given: string | undefined): Promise<string> {
  return workerId({ cwd, given }).catch(noId);
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
