import { UnreachableError } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { TaskWorkerSummary } from './events.ts';
import { type TaskSettings, type TaskWorkerOptions, taskSettingsOf } from './options.ts';
import { keepPresence } from './presence.ts';
import { createShift } from './shift.ts';

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
  const shift = createShift(settings);
  const { bench, line, bell, reports, stopping, closing } = shift;

  /** What an earlier life of this worker left. */
  async function resume(): Promise<void> {
    if (settings.isNew) return;
    for (const queue of settings.queues) {
      const { tasks } = await line.ask(signal => client.heldTasks({ worker, queue }, { signal }));
      if (tasks.length === 0 || stopping.aborted) continue;
      onEvent({ type: 'resumed', tasks: tasks.length });
      bench.add(tasks.filter(({ task }) => task.state !== 'cancelling'));
      for (const held of tasks)
        if (held.task.state === 'cancelling') reports.add(held, { outcome: 'cancelled' });
    }
  }

  const room = () =>
    stopping.aborted ? 0 : Math.min(settings.concurrency - bench.size, LIMITS.reserveTasks);

  async function serve(): Promise<void> {
    for (;;) {
      // Tasks that finish together make room together.
      await clock.turn();
      if (room() > 0) await reserve();
      else if (closing.aborted) return;
      else await bell.next();
    }
  }

  async function reserve(): Promise<void> {
    const requestId = settings.newRequestId();
    const count = room();
    const { queues } = settings;
    const reply = await line.ask(
      (signal, repeated) => {
        const waitSeconds = stopping.aborted ? 0 : settings.waitSeconds;
        return client.reserveTasks(
          { worker, queues, count, requestId, waitSeconds, ...(repeated && { repeated }) },
          { signal },
        );
      },
      { waitSeconds: settings.waitSeconds, cutShort: stopping },
    );
    if (reply.status === 'wait') await pause(reply.retryAfterSeconds * (0.8 + 0.4 * random()));
    else if (stopping.aborted) for (const held of reply.tasks) reports.add(held, { outcome: 'released' });
    else bench.add(reply.tasks);
  }

  async function pause(seconds: number): Promise<void> {
    if (stopping.aborted) return;
    onEvent({ type: 'waiting', seconds });
    await clock.sleep(seconds * 1000, stopping);
  }

  const stopped = () => shift.stop('signal');
  settings.signal?.addEventListener('abort', stopped);
  if (settings.signal?.aborted) stopped();
  const presence = keepPresence(settings, stopping).catch(error => shift.stop('error', { error }));
  try {
    return await shift.run(async () => {
      await resume().catch(unlessStopped);
      await serve().catch(unlessStopped);
    });
  } finally {
    settings.signal?.removeEventListener('abort', stopped);
    await presence;
  }

  /** A stopped worker wants no tasks, so it does not mind that it cannot ask for any. */
  function unlessStopped(error: unknown): void {
    if (stopping.aborted && error instanceof UnreachableError) return;
    shift.stop('error', { error });
  }
}
