import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FatalError, LockedError, programHandler, runWorker } from '../../worker/index.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { CliError, Stopped } from '../frame/errors.ts';
import { RunView } from '../worker/run-view.ts';
import { identityOf, LANE, SITE, WORKER } from '../worker/who.ts';

export default defineCommand({
  summary: 'Run a program for each file of a project until it is over',
  description: `In the program's arguments, {path} is a copy of the file that is downloaded for it, {url} the nearest copy's URL, {did} the file's name, and {out} a path where it may leave one output file, which is stored with Sluice. The environment has SLUICE_DID, SLUICE_ATTEMPT, SLUICE_FILE_URL and SLUICE_FILE_SIZE.

Exit code 0 is done; 65 and those of --fail-code are failed for good; any other is failed, to be tried again, with the last line of its standard error as the reason.

On SIGTERM or Ctrl-C it takes no more files, gives back what was not begun, and lets programs finish for a while. Reports that the server does not answer are kept in a journal, and go out when it is back, or at the worker's next start.`,
  arguments: { project: PROJECT },
  options: {
    concurrency: { type: 'integer', min: 1, default: 1, description: 'programs that run at the same time' },
    prefetch: {
      type: 'integer',
      default: 0,
      description: 'further files to reserve ahead, so that no program waits',
    },
    worker: WORKER,
    newWorker: {
      type: 'boolean',
      description: 'the id was never used before, as when a batch job begins: it holds nothing to go on with',
    },
    site: SITE,
    lane: LANE,
    wallTime: {
      type: 'duration',
      description: 'stop after this time; only files expected to take less than what is left',
    },
    grace: { type: 'duration', default: 20, description: 'how long programs may go on after a stop' },
    failCode: {
      type: 'integer',
      max: 255,
      multiple: true,
      description: 'an exit code that says that another attempt will not help',
    },
    scratch: {
      type: 'string',
      placeholder: 'FOLDER',
      env: 'TMPDIR',
      description: 'where copies and outputs are while they are needed',
    },
    journal: {
      type: 'string',
      placeholder: 'FILE',
      description: 'where to keep reports (by default in .sluice_journals, by server and worker)',
    },
  },
  rest: { placeholder: 'PROGRAM', description: 'the program and its arguments' },
  exits: ['no'],
  examples: [
    { command: 'sluice worker run 12 --concurrency 4 -- sha256sum {path}', says: 'Four at a time' },
    { command: "sluice worker run 12 -- sh -c 'root2csv {path} > {out}'", says: 'With an output' },
    { command: 'sluice worker run 12 --wall-time 8h --prefetch 2 -- ./reco {url}', says: 'In a batch job' },
  ],
  async run(context, args) {
    const { env, cwd, signal } = context;
    const { project, concurrency, site, lane } = args;
    const client = clientFor(context);
    const { id: worker, isNew } = await identityOf(context, args.worker);
    const view = new RunView(context, project);
    const { onStdout, onStderr, onEvent } = view;
    const handler = programHandler({
      ...{ client, project, env, onStdout, onStderr },
      command: args.rest,
      scratch: resolve(cwd, args.scratch ?? tmpdir()),
      prefixed: concurrency > 1,
      failCodes: args.failCode,
    });
    const summary = await runWorker({
      ...{ client, project, worker, handler, concurrency, site, signal, onEvent },
      isNew: isNew || args.newWorker,
      prefetch: args.prefetch,
      lanes: lane.length > 0 ? lane : undefined,
      wallTimeSeconds: args.wallTime,
      graceSeconds: args.grace,
      journal: resolve(cwd, args.journal ?? journalOf(context, worker)),
    }).catch(explain);
    view.finish(summary);
    if (signal.reason instanceof Stopped) return signal.reason.exitCode;
    return summary.state === 'failed' ? EXIT.no : EXIT.ok;
  },
});

/** Tokens mean something to their own server only, so each has a journal of its own. */
function journalOf({ server }: Context, worker: string): string {
  const place = new URL(server).host || server;
  return join('.sluice_journals', `${place.replace(/[^\w.-]/g, '_')}_${worker}`);
}

function explain(error: unknown): never {
  if (error instanceof FatalError)
    throw new CliError(EXIT.usage, 'cannot_run', error.message, { cause: error });
  if (error instanceof LockedError) {
    throw new CliError(EXIT.unavailable, 'worker_in_use', error.message, { cause: error });
  }
  throw error;
}
