import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';
import { runForFiles, runForTasks } from '../worker/run-programs.ts';
import { identityOf, LANE, SITE, WORKER } from '../worker/who.ts';

export default defineCommand({
  summary: 'Run a program for each file of a project, or for each task of queues',
  description: `For files: in the program's arguments, {path} is a copy of the file that is downloaded for it, {url} the nearest copy's URL, {did} the file's name, and {out} a path where it may leave one output file, which is stored with Sluice. The environment has SLUICE_DID, SLUICE_ATTEMPT, SLUICE_FILE_URL and SLUICE_FILE_SIZE. It ends when the project is over.

For tasks, with --queue: {task} is the task's id, {args} the path of a JSON file with its arguments, and {in.NAME} and {out.NAME} are the paths of its inputs and outputs. The environment has SLUICE_TASK, SLUICE_TASK_NAME, SLUICE_TASK_TOKEN (for \`sluice task update\`) and SLUICE_ATTEMPT. All that the program writes is the task's log, and the last line of standard output its status. A task that is cancelled ends the program with SIGTERM. It runs until it is stopped.

Exit code 0 is done; 65 and those of --fail-code are failed for good; any other is failed, to be tried again, with the last line of its standard error as the reason.

On SIGTERM or Ctrl-C it takes nothing more, gives back what was not begun, and lets programs finish for a while. Reports of files that the server does not answer are kept in a journal, and go out when it is back, or at the worker's next start.`,
  arguments: { project: { ...PROJECT, optional: true } },
  options: {
    queue: {
      type: 'string',
      multiple: true,
      description: "take tasks of this queue; of several, the first one's come first",
    },
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
    redact: {
      type: 'string',
      multiple: true,
      placeholder: 'PATTERN',
      description: 'a regular expression for what is to be taken out of all that a task writes',
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
    {
      command: 'sluice worker run --queue juicer -- ./promote --args {args}',
      says: 'Each task of a queue',
    },
  ],
  async run(context, args) {
    const { project, queue: queues, concurrency, prefetch, site, lane } = args;
    const { id, isNew } = await identityOf(context, args.worker);
    const running = {
      client: clientFor(context),
      worker: { id, isNew: isNew || args.newWorker },
      ...{ command: args.rest, concurrency, graceSeconds: args.grace, failCodes: args.failCode },
      ...{ scratch: args.scratch, journal: args.journal },
    };
    if (project === undefined) {
      if (queues.length === 0) throw new UsageError('give the number of a project, or --queue');
      for (const [flag, isGiven] of Object.entries(fileOptions(args)))
        if (isGiven) throw new UsageError(`${flag} is for the files of a project, not for tasks`);
      return runForTasks(context, { ...running, queues, redact: args.redact.map(patternOf) });
    }
    if (queues.length > 0) throw new UsageError('give the number of a project or --queue, not both');
    if (args.redact.length > 0) throw new UsageError('--redact is for tasks, not for the files of a project');
    return runForFiles(context, {
      ...{ ...running, project, prefetch, site },
      lanes: lane.length > 0 ? lane : undefined,
      wallTimeSeconds: args.wallTime,
    });
  },
});

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch {
    throw new UsageError(`--redact takes a regular expression, not "${text}"`);
  }
}

/** The options that mean nothing for tasks, and whether each was given. */
function fileOptions(given: {
  prefetch: number;
  site: string | undefined;
  lane: readonly string[];
  wallTime: number | undefined;
}) {
  return {
    '--prefetch': given.prefetch > 0,
    '--site': given.site !== undefined,
    '--lane': given.lane.length > 0,
    '--wall-time': given.wallTime !== undefined,
  };
}
