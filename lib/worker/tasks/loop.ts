import { UnreachableError } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { createBell } from '../bell.ts';
import { type Bench, createBench } from '../bench.ts';
import { keepLeases } from '../heartbeats.ts';
import { createLine } from '../line.ts';
import { attempt } from './attempt.ts';
import { afterAbort } from './end.ts';
import type { TaskWorkerSummary } from './events.ts';
import { type TaskSettings, type TaskWorkerOptions, taskSettingsOf } from './options.ts';
import { keepPresence } from './presence.ts';
import { createTaskReports } from './reports.ts';

/** How long a handler may take to end after it was aborted. */
const HEED_MS = 10_000;

/**
 * Runs tasks of queues until it is stopped.
 *
 * - It begins with the tasks that an earlier life of the same worker still holds.
 * - While the server is away it works on what it has and repeats its calls, for ever or until it is stopped.
 * - A task that is cancelled is aborted within a third of its lease, or with the next thing its handler tells.
 * - A handler that throws is reported once, as failed, and is not called again.
 * - Stopped, it lets handlers finish for `graceSeconds`. Then they are aborted, and their tasks count as failed, to be
 *   tried again. A `TaskHandler` that is between two steps gives its task back at once.
 *
 * @throws RefusedError when the server will not hand out tasks to this worker
 * @throws FatalError when a handler says that it cannot work at all; the task is given back
 * @throws RangeError for options that make no sense
 */
export async function runTaskWorker(options: TaskWorkerOptions): Promise<TaskWorkerSummary> {
  return work(taskSettingsOf(options));
}

async function work(settings: TaskSettings): Promise<TaskWorkerSummary> {
  const { client, worker, clock, random, onEvent } = settings;
  /** From here on nothing is reserved. */
  const stop = new AbortController();
  /** Stopped, and nothing is held any more: a call that fails now is not repeated. */
  const closing = new AbortController();
  let failed: { readonly error: unknown } | undefined;

  const bell = createBell();
  const line = createLine({
    ...{ clock, random, closing: closing.signal },
    onAway: error => onEvent({ type: 'away', error }),
    onBack: () => onEvent({ type: 'back' }),
  });
  const reports = createTaskReports(settings, line);
  const bench: Bench<ReservedTask> = createBench({
    concurrency: settings.concurrency,
    work: (held: ReservedTask, signal) =>
      attempt(held, signal, {
        ...{ settings, line, leases: bench, stopping: stop.signal },
        onCancelled: ({ token }) => bench.cancel(token),
      }),
    afterAbort,
    now: () => clock.now(),
    onBegun: ({ task }) => onEvent({ type: 'begun', task }),
    onLeft: (held, end) => reports.add(held, end === 'released' ? { outcome: end } : end),
    onLost: ({ task }) => onEvent({ type: 'lost', task }),
    onFatal: error => end('error', { error }),
    onChange: changed,
  });

  function changed(): void {
    if (stop.signal.aborted && bench.isIdle) closing.abort();
    bell.ring();
  }

  function end(why: 'signal' | 'error', because?: { readonly error: unknown }): void {
    failed ??= because;
    if (stop.signal.aborted) return;
    onEvent({ type: 'stopping', why });
    stop.abort();
    void windDown();
  }

  async function windDown(): Promise<void> {
    bench.giveBackWaiting();
    await clock.sleep(settings.graceSeconds * 1000, closing.signal);
    bench.interrupt();
    await clock.sleep(HEED_MS, closing.signal);
    bench.abandon();
  }

  /** What an earlier life of this worker left. */
  async function resume(): Promise<void> {
    if (settings.isNew) return;
    for (const queue of settings.queues) {
      const { tasks } = await line.ask(signal => client.heldTasks({ worker, queue }, { signal }));
      if (tasks.length === 0 || stop.signal.aborted) continue;
      onEvent({ type: 'resumed', tasks: tasks.length });
      bench.add(tasks.filter(({ task }) => task.state !== 'cancelling'));
      for (const held of tasks)
        if (held.task.state === 'cancelling') reports.add(held, { outcome: 'cancelled' });
    }
  }

  const room = () =>
    stop.signal.aborted ? 0 : Math.min(settings.concurrency - bench.size, LIMITS.reserveTasks);

  async function serve(): Promise<void> {
    for (;;) {
      // Tasks that finish together make room together.
      await clock.turn();
      if (room() > 0) await reserve();
      else if (closing.signal.aborted) return;
      else await bell.next();
    }
  }

  async function reserve(): Promise<void> {
    const requestId = settings.newRequestId();
    const count = room();
    const { queues } = settings;
    const reply = await line.ask(
      (signal, repeated) => {
        const waitSeconds = stop.signal.aborted ? 0 : settings.waitSeconds;
        return client.reserveTasks(
          { worker, queues, count, requestId, waitSeconds, ...(repeated && { repeated }) },
          { signal },
        );
      },
      { waitSeconds: settings.waitSeconds, cutShort: stop.signal },
    );
    if (reply.status === 'wait') await pause(reply.retryAfterSeconds * (0.8 + 0.4 * random()));
    else if (stop.signal.aborted) for (const held of reply.tasks) reports.add(held, { outcome: 'released' });
    else bench.add(reply.tasks);
  }

  async function pause(seconds: number): Promise<void> {
    if (stop.signal.aborted) return;
    onEvent({ type: 'waiting', seconds });
    await clock.sleep(seconds * 1000, stop.signal);
  }

  const stopped = () => end('signal');
  settings.signal?.addEventListener('abort', stopped);
  if (settings.signal?.aborted) stopped();
  const beside = [
    keepLeases({
      ...{ bench, bell, clock, random, signal: closing.signal, atOnce: LIMITS.reserveTasks },
      beat: (tokens, call) => client.heartbeatTasks({ tokens }, call),
      onBeat({ cancelled }) {
        for (const token of cancelled) bench.cancel(token);
        return true;
      },
    }),
    keepPresence(settings, stop.signal),
  ].map(kept => kept.catch(error => end('error', { error })));

  try {
    await resume().catch(unlessStopped);
    await serve().catch(unlessStopped);
    while (!bench.isIdle) await bell.next();
    await reports.delivered();
  } finally {
    settings.signal?.removeEventListener('abort', stopped);
    stop.abort();
    closing.abort();
    bell.ring();
  }
  await Promise.all(beside);
  if (failed) throw failed.error;
  return reports.summary;

  /** A stopped worker wants no tasks, so it does not mind that it cannot ask for any. */
  function unlessStopped(error: unknown): void {
    if (stop.signal.aborted && error instanceof UnreachableError) return;
    end('error', { error });
  }
}
