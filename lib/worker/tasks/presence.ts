import { availableParallelism, hostname, totalmem } from 'node:os';
import { RefusedError, UnreachableError } from '../../client/index.ts';
import { limited } from '../line.ts';
import type { TaskSettings } from './options.ts';

const ANSWER_SECONDS = 30;
/** A word that did not arrive is said again after this time. */
const AGAIN_SECONDS = 60;

/**
 * Says what this worker is, now and as often as the server wants to hear it, until `signal` is aborted. Nothing
 * depends on it: while the server is away, or will not hear it, the worker works on.
 */
export async function keepPresence(settings: TaskSettings, signal: AbortSignal): Promise<void> {
  const { client, clock, random, worker, queues, concurrency, version } = settings;
  const specs = {
    ...{ worker, queues, concurrency, host: hostname(), pid: process.pid },
    ...{ cpus: availableParallelism(), memoryBytes: totalmem(), startedAt: clock.now() },
    ...(version !== undefined && { version }),
  };
  while (!signal.aborted) {
    const { againAfterSeconds } = await limited(
      limit => client.registerWorker(specs, { signal: limit }),
      clock,
      ANSWER_SECONDS,
      signal,
    ).catch(notHeard);
    // Workers that were started together do not all speak at once for ever.
    await clock.sleep(againAfterSeconds * (0.9 + 0.2 * random()) * 1000, signal);
  }
}

function notHeard(error: unknown) {
  if (error instanceof UnreachableError || error instanceof RefusedError)
    return { againAfterSeconds: AGAIN_SECONDS };
  throw error;
}
