import { RefusedError, UnreachableError } from '../../client/index.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { RefusalCode } from '../../contract/work.ts';
import { messageOf } from '../handler.ts';
import type { Line } from '../line.ts';
import { failure, type TaskEnd } from './end.ts';
import { cameTo, type TaskWorkerSummary } from './events.ts';
import { PermanentError } from './handlers.ts';
import type { TaskSettings } from './options.ts';

/** The ends of tasks on their way to the server, and the count of what they came to. */
export interface TaskReports {
  readonly summary: TaskWorkerSummary;
  /** Ends an attempt; it is repeated until the server answers. */
  add(held: ReservedTask, end: TaskEnd): void;
  /** Resolves when nothing is on its way. */
  delivered(): Promise<unknown>;
}

export function createTaskReports(
  { client, onEvent }: Pick<TaskSettings, 'client' | 'onEvent'>,
  line: Line,
): TaskReports {
  const summary = { succeeded: 0, failed: 0, retried: 0, cancelled: 0, released: 0, refused: 0 };
  const underWay = new Set<Promise<void>>();

  /** The call may arrive twice: the server gives its first answer again. */
  async function send({ token, task }: Pick<ReservedTask, 'token' | 'task'>, end: TaskEnd): Promise<void> {
    try {
      const { state } = await line.ask(signal => client.endTask({ token, ...end }, { signal }));
      summary[cameTo(end, state)] += 1;
      onEvent({ type: 'reported', task, state });
    } catch (error) {
      if (error instanceof UnreachableError) return onEvent({ type: 'undelivered', task });
      if (end.outcome === 'succeeded' && !isOver(error)) return send({ token, task }, unkept(error));
      summary.refused += 1;
      onEvent({ type: 'refused', task, detail: messageOf(error) });
    }
  }

  return {
    summary,
    add(held, end) {
      if (end.outcome !== 'released') onEvent({ type: 'finished', task: held.task, end });
      const sent = send(held, end).finally(() => underWay.delete(sent));
      underWay.add(sent);
    },
    delivered: () => Promise.all(underWay),
  };
}

/** Whether it was refused because the lease stands no longer. */
function isOver(error: unknown): boolean {
  return error instanceof RefusedError && RefusalCode.safeParse(error.code).success;
}

/** The end of a task whose result the server will not have, as when it is too large. */
function unkept(error: unknown): TaskEnd {
  return failure(new PermanentError(`the result cannot be kept: ${messageOf(error)}`, { cause: error }));
}
