import { randomUUID } from 'node:crypto';
import type { Client } from '../client/index.ts';
import { LIMITS } from '../contract/limits.ts';
import { type Clock, systemClock } from './clock.ts';
import type { OnEvent } from './events.ts';
import type { Handler } from './handler.ts';

/** What a worker needs of the client. */
export type WorkerClient = Pick<Client, 'advance' | 'heartbeat' | 'held'>;

export interface WorkerOptions {
  readonly client: WorkerClient;
  readonly project: number;
  /** The worker's id. Two workers that run at the same time need two; one that is started again keeps its own. */
  readonly worker: string;
  /**
   * Nobody has worked under this id before, so that it holds no file to go on with. Otherwise the server is asked, and
   * has to look through the whole project.
   */
  readonly isNew?: boolean | undefined;
  readonly handler: Handler;
  /** Files worked on at once; 1 unless given. */
  readonly concurrency?: number | undefined;
  /** Further files held ready, so that no handler waits for the server; 0 unless given. */
  readonly prefetch?: number | undefined;
  /** Where the worker is; decides which copies it is given. */
  readonly site?: string | undefined;
  /** Only files of these lanes, the first one's first. */
  readonly lanes?: readonly string[] | undefined;
  /** How long the worker may run. It asks only for files that fit, and stops when the time is over. */
  readonly wallTimeSeconds?: number | undefined;
  /** How long an idle worker lets the server wait for a file before it answers; 20 unless given. */
  readonly waitSeconds?: number | undefined;
  /** How long running handlers may go on after a stop; 20 unless given. */
  readonly graceSeconds?: number | undefined;
  /** Aborted to stop the worker. */
  readonly signal?: AbortSignal | undefined;
  /** The file that keeps finished reports while the server is away; without it they are kept in memory only. */
  readonly journal?: string | undefined;
  /** Hears what happens; it must not throw. */
  readonly onEvent?: OnEvent | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers from 0 up to 1, for jitter. */
  readonly random?: (() => number) | undefined;
  /** Names for requests, new each time. */
  readonly newRequestId?: (() => string) | undefined;
}

/** The options with their defaults. */
export type Settings = ReturnType<typeof settingsOf>;

/** @throws RangeError for a number that is none of this kind */
export function settingsOf(options: WorkerOptions) {
  const settings = {
    client: options.client,
    project: options.project,
    worker: options.worker,
    isNew: options.isNew ?? false,
    handler: options.handler,
    concurrency: options.concurrency ?? 1,
    prefetch: options.prefetch ?? 0,
    site: options.site,
    lanes: options.lanes,
    wallTimeSeconds: options.wallTimeSeconds,
    waitSeconds: Math.min(options.waitSeconds ?? 20, LIMITS.waitSeconds),
    graceSeconds: options.graceSeconds ?? 20,
    signal: options.signal,
    journal: options.journal,
    onEvent: options.onEvent ?? (() => {}),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    newRequestId: options.newRequestId ?? randomUUID,
  };
  const { concurrency, prefetch } = settings;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError(`concurrency is ${concurrency}: it must be a whole number from 1 on`);
  if (!Number.isInteger(prefetch) || prefetch < 0)
    throw new RangeError(`prefetch is ${prefetch}: it must be a whole number from 0 on`);
  return settings;
}
