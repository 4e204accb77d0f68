import type { ReservedTask } from '../../contract/tasks.ts';
import type { Leases } from '../bench.ts';
import { FatalError } from '../handler.ts';
import type { Line } from '../line.ts';
import { createTaskContext } from './context.ts';
import { endOf, failure, type TaskEnd } from './end.ts';
import { withTaskFiles } from './files.ts';
import { type Attempt, PermanentError, type Ran, run } from './handlers.ts';
import { createTaskLog } from './log.ts';
import type { TaskSettings } from './options.ts';
import { createTeller } from './tell.ts';

/** Of an attempt's time this share, or at most so long, is kept for its end to be told. */
const END_SHARE = 0.2;
const END_MS = 5_000;

export interface AttemptOptions {
  readonly settings: TaskSettings;
  readonly line: Line;
  readonly leases: Leases;
  /** Aborted when the worker begins to stop. */
  readonly stopping: AbortSignal;
  readonly onCancelled: (held: ReservedTask) => void;
}

/**
 * Runs one attempt of a task: its files, its handler, and what that tells. All ways in which it can end are one value;
 * it fails with `FatalError` only.
 */
export async function attempt(
  held: ReservedTask,
  signal: AbortSignal,
  options: AttemptOptions,
): Promise<TaskEnd> {
  const { settings, line, leases, stopping } = options;
  const { client, clock, newRequestId, onEvent, redact } = settings;
  const { scratch, fetch, random } = settings;
  const { token, task } = held;
  const words = {
    ...{ client, line, token, clock, leases },
    onCancelled: () => options.onCancelled(held),
    onRefused(error: unknown) {
      if (!signal.aborted && error instanceof Error) onEvent({ type: 'untold', task, error });
    },
  };
  const teller = createTeller({ ...words, newRequestId });
  const timeoutMs = (task.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const until = clock.now() + timeoutMs - Math.min(timeoutMs * END_SHARE, END_MS);
  const taskLog = createTaskLog({ ...words, newRequestId, scratch, signal, until });
  const log = (text: string) => (settings.log ? settings.log(text, held) : taskLog.write(text));
  let begun = false;
  const begin = () => {
    begun = true;
    if (held.isHeard) teller.say({});
  };
  const urls = () => line.ask(limit => client.taskFiles({ token }, { signal: limit }));
  try {
    return await withTaskFiles(
      held,
      { ...{ scratch, fetch, clock, random, signal, onLeft: log, urls } },
      async files => {
        const context = createTaskContext({
          ...{ held, client, line, teller, signal, stopping, files, log, redact, newRequestId },
        });
        const sleep = (ms: number, woken: AbortSignal) => clock.sleep(ms, woken);
        return endOf(await runHandler(held, settings, { context, stopping, sleep, begin }));
      },
      ({ outcome }) => outcome === 'succeeded',
    );
  } catch (error) {
    if (error instanceof FatalError) throw error;
    return failure(error, { begun, redact });
  } finally {
    await Promise.all([taskLog.close(), teller.close()]);
  }
}

function runHandler(
  { task }: ReservedTask,
  { handlers, defaultHandler }: TaskSettings,
  attempt: Attempt,
): Promise<Ran> {
  const runner = handlers.get(task.name) ?? defaultHandler;
  if (!runner)
    throw new PermanentError(
      `this worker runs no tasks named ${task.name}; it runs ${[...handlers.keys()].join(', ')}`,
    );
  return 'run' in runner ? runner.run(task, attempt) : run(runner, task, attempt);
}
