import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Client } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { TaskWorkerEvent } from './events.ts';
import { redactor } from './redact.ts';
import type { AnyRunner } from './schema.ts';

/** What a worker of tasks needs of the client. */
export type TaskWorkerClient = Pick<
  Client,
  | 'reserveTasks'
  | 'heldTasks'
  | 'heartbeatTasks'
  | 'updateTask'
  | 'appendLog'
  | 'endTask'
  | 'taskFiles'
  | 'getConfig'
  | 'submitTask'
  | 'registerWorker'
>;

export interface TaskWorkerOptions {
  readonly client: TaskWorkerClient;
  /** The worker's id. Two workers that run at the same time need two; one that is started again keeps its own. */
  readonly worker: string;
  /** The id was made just now: then nothing is held under it, and nobody is asked. */
  readonly isNew?: boolean | undefined;
  /** Whose tasks it takes; the first one's come first. */
  readonly queues: readonly string[];
  /** What runs the tasks of each name. */
  readonly handlers: Readonly<Record<string, AnyRunner>>;
  /** Runs the tasks of all other names; without it they fail for good. */
  readonly defaultHandler?: AnyRunner | undefined;
  /** Tasks run at once; 1 unless given. */
  readonly concurrency?: number | undefined;
  /** The folder in which tasks with files get a folder of their own; the system's for temporary files unless given. */
  readonly scratch?: string | undefined;
  /** Of the worker's program, for people who look at the list of workers. */
  readonly version?: string | undefined;
  /** How long an idle worker lets the server wait for a task before it answers; 20 unless given. */
  readonly waitSeconds?: number | undefined;
  /** How long running tasks may go on after a stop; 20 unless given. */
  readonly graceSeconds?: number | undefined;
  /** Aborted to stop the worker. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the lines that handlers and programs write to the log of their task, in the server's place; it must not throw. */
  readonly log?: ((line: string, task: ReservedTask) => void) | undefined;
  /** What is taken out of logs, statuses, progress and errors before they leave the worker, line by line. */
  readonly redact?: readonly RegExp[] | undefined;
  /** Hears what happens; it must not throw. */
  readonly onEvent?: ((event: TaskWorkerEvent) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers from 0 up to 1, for jitter. */
  readonly random?: (() => number) | undefined;
  /** Names for requests, new each time. */
  readonly newRequestId?: (() => string) | undefined;
}

/** The options with their defaults. */
export type TaskSettings = ReturnType<typeof taskSettingsOf>;

/** @throws RangeError for options that make no sense */
export function taskSettingsOf(options: TaskWorkerOptions) {
  const settings = {
    client: options.client,
    worker: options.worker,
    isNew: options.isNew ?? false,
    queues: [...options.queues],
    handlers: new Map(Object.entries(options.handlers)),
    defaultHandler: options.defaultHandler,
    concurrency: options.concurrency ?? 1,
    scratch: options.scratch ?? tmpdir(),
    version: options.version,
    waitSeconds: Math.min(options.waitSeconds ?? 20, LIMITS.waitSeconds),
    graceSeconds: options.graceSeconds ?? 20,
    signal: options.signal,
    log: options.log,
    redact: redactor(options.redact ?? []),
    onEvent: options.onEvent ?? (() => {}),
    fetch: options.fetch ?? fetch,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    newRequestId: options.newRequestId ?? randomUUID,
  };
  const { concurrency, queues, handlers, defaultHandler } = settings;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError(`concurrency is ${concurrency}: it must be a whole number from 1 on`);
  if (queues.length === 0) throw new RangeError('queues is empty: name one at least');
  if (handlers.size === 0 && !defaultHandler)
    throw new RangeError('there is no handler: no task could be run');
  return settings;
}
