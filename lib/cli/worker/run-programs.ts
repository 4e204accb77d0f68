import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import type { Client } from '../../client/index.ts';
import { lockFile } from '../../worker/file-lock.ts';
import {
  FatalError,
  LockedError,
  programHandler,
  runTaskWorker,
  runWorker,
  taskProgram,
} from '../../worker/index.ts';
import type { WorkerIdentity } from '../../worker/worker-id.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { CliError, Stopped } from '../frame/errors.ts';
import { RunView } from './run-view.ts';
import { TaskRunView } from './task-run-view.ts';

/** What `worker run` needs to know, whatever it runs programs for. */
export interface Running {
  readonly client: Client;
  readonly worker: WorkerIdentity;
  readonly command: readonly string[];
  readonly concurrency: number;
  readonly graceSeconds: number;
  readonly failCodes: readonly number[];
  readonly scratch: string | undefined;
  readonly journal: string | undefined;
}

interface OfFiles extends Running {
  readonly project: number;
  readonly prefetch: number;
  readonly site: string | undefined;
  readonly lanes: readonly string[] | undefined;
  readonly wallTimeSeconds: number | undefined;
}

/** Runs a program for each file of a project until it is over. */
export async function runForFiles(context: Context, running: OfFiles): Promise<ExitCode> {
  const { signal } = context;
  const { client, project, worker, concurrency, prefetch, site, lanes } = running;
  const view = new RunView(context, project);
  const { onEvent } = view;
  const summary = await runWorker({
    ...{ client, project, concurrency, prefetch, site, lanes, signal, onEvent },
    ...{ worker: worker.id, isNew: worker.isNew },
    handler: programHandler({ ...programOf(context, running, view), client, project }),
    wallTimeSeconds: running.wallTimeSeconds,
    graceSeconds: running.graceSeconds,
    journal: journalOf(context, running),
  }).catch(explain);
  view.finish(summary);
  if (signal.reason instanceof Stopped) return signal.reason.exitCode;
  return summary.state === 'failed' ? EXIT.no : EXIT.ok;
}

/** Runs a program for each task of queues until it is stopped. */
export async function runForTasks(
  context: Context,
  running: Running & { readonly queues: readonly string[]; readonly redact: readonly RegExp[] },
): Promise<ExitCode> {
  const { signal } = context;
  const { client, worker, queues, redact, concurrency, graceSeconds } = running;
  const view = new TaskRunView(context);
  const { onEvent } = view;
  const program = programOf(context, running, view);
  // It resumes what the worker of its id holds, so that two of one id would run the same tasks.
  const path = `${journalOf(context, running)}.tasks`;
  await mkdir(dirname(path), { recursive: true });
  const lock = await lockFile(path).catch(explain);
  try {
    const summary = await runTaskWorker({
      ...{ client, queues, redact, concurrency, graceSeconds, signal, onEvent },
      ...{ worker: worker.id, isNew: worker.isNew, version: manifest.version, scratch: program.scratch },
      handlers: {},
      defaultHandler: taskProgram(program),
    });
    view.finish(summary);
  } catch (error) {
    explain(error);
  } finally {
    lock.release();
  }
  return signal.reason instanceof Stopped ? signal.reason.exitCode : EXIT.ok;
}

function programOf(
  { env, cwd }: Context,
  { command, concurrency, failCodes, scratch }: Running,
  { onStdout, onStderr }: Pick<RunView, 'onStdout' | 'onStderr'>,
) {
  return {
    ...{ env, onStdout, onStderr, command, failCodes },
    scratch: resolve(cwd, scratch ?? tmpdir()),
    prefixed: concurrency > 1,
  };
}

/** Tokens mean something to their own server only, so each has a journal of its own. */
function journalOf({ cwd, server }: Context, { journal, worker }: Running): string {
  const place = new URL(server).host || server;
  const own = join('.sluice_journals', `${place.replace(/[^\w.-]/g, '_')}_${worker.id}`);
  return resolve(cwd, journal ?? own);
}

function explain(error: unknown): never {
  if (error instanceof FatalError)
    throw new CliError(EXIT.usage, 'cannot_run', error.message, { cause: error });
  if (error instanceof LockedError) {
    throw new CliError(EXIT.unavailable, 'worker_in_use', error.message, { cause: error });
  }
  throw error;
}
