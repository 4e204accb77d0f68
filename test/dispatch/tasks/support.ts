import type { z } from 'zod';
import { QueueSettings } from '../../../lib/contract/queues.ts';
import { routes } from '../../../lib/contract/routes.ts';
import { type Call, type Context, createContext } from '../../../lib/dispatch/context.ts';
import { sweep } from '../../../lib/dispatch/sweep.ts';
import { appendLog } from '../../../lib/dispatch/tasks/append-log.ts';
import { cancelTask } from '../../../lib/dispatch/tasks/cancel-task.ts';
import { deleteTask } from '../../../lib/dispatch/tasks/delete-task.ts';
import { endTask } from '../../../lib/dispatch/tasks/end-task.ts';
import { heartbeatTasks } from '../../../lib/dispatch/tasks/heartbeat-tasks.ts';
import { heldTasks } from '../../../lib/dispatch/tasks/held-tasks.ts';
import { listTasks } from '../../../lib/dispatch/tasks/list-tasks.ts';
import { pauseQueue, putQueue, resumeQueue, showQueue } from '../../../lib/dispatch/tasks/queues.ts';
import { readLog } from '../../../lib/dispatch/tasks/read-log.ts';
import { reserveByTicket } from '../../../lib/dispatch/tasks/reserve-by-ticket.ts';
import { reserveTasks } from '../../../lib/dispatch/tasks/reserve-tasks.ts';
import { retryTask } from '../../../lib/dispatch/tasks/retry-task.ts';
import { showTask } from '../../../lib/dispatch/tasks/show-task.ts';
import { submitTask, submitTasks } from '../../../lib/dispatch/tasks/submit-tasks.ts';
import { updateTask } from '../../../lib/dispatch/tasks/update-task.ts';
import { type HomeOptions, memoryHome } from '../../support/memory-home.ts';

export const ADMIN: Call = { caller: { user: 'ann', roles: [], admin: true } };

/** A process of Sluice: the use-cases of tasks over a home in memory, asked as an admin would. */
export function startTasks(options: HomeOptions = {}) {
  const home = memoryHome(options);
  const context = createContext(home);

  /** A use-case with its input checked and completed as over HTTP. */
  const verb =
    <I extends z.ZodType, R>(
      { input }: { input: I },
      useCase: (context: Context, call: Call, request: z.output<I>) => Promise<R>,
    ) =>
    (asked: z.input<I>): Promise<R> =>
      useCase(context, ADMIN, input.parse(asked));

  return {
    home,
    context,
    world: home.world,
    queue: (queue: string, settings: z.input<typeof QueueSettings> = {}) =>
      putQueue(context, ADMIN, { queue, ...QueueSettings.parse(settings) }),
    pause: (queue: string) => pauseQueue(context, ADMIN, { queue }),
    resume: (queue: string) => resumeQueue(context, ADMIN, { queue }),
    counts: async (queue: string) => (await showQueue(context, ADMIN, { queue })).counts,
    submit: verb(routes.submitTask, submitTask),
    submitMany: verb(routes.submitTasks, submitTasks),
    reserve: verb(routes.reserveTasks, reserveTasks),
    reserveByTicket: verb(routes.reserveByTicket, reserveByTicket),
    update: verb(routes.updateTask, updateTask),
    log: verb(routes.appendLog, appendLog),
    readLog: (task: string, asked: z.input<typeof routes.readLog.input> = {}) =>
      readLog(context, ADMIN, { task, ...routes.readLog.input.parse(asked) }),
    end: verb(routes.endTask, endTask),
    heartbeat: verb(routes.heartbeatTasks, heartbeatTasks),
    held: verb(routes.heldTasks, heldTasks),
    list: verb(routes.listTasks, listTasks),
    show: (task: string) => showTask(context, ADMIN, { task }),
    cancel: (task: string, requestId?: string) => cancelTask(context, ADMIN, { task, requestId }),
    retry: (task: string, requestId?: string) => retryTask(context, ADMIN, { task, requestId }),
    delete: (task: string) => deleteTask(context, ADMIN, { task }),
    sweep: () => sweep(context),
  };
}
export type TaskProcess = ReturnType<typeof startTasks>;

/** The tasks of an answer to `reserve`; none when there was nothing. */
export function tasksIn(reply: Awaited<ReturnType<TaskProcess['reserve']>>) {
  return reply.status === 'reserved' ? reply.tasks : [];
}

/** The token of the one task that a worker is given. */
export async function takeOne(process: TaskProcess, queue = 'q', worker = 'w'): Promise<string> {
  const [one] = tasksIn(
    await process.reserve({ worker, queues: [queue], requestId: process.context.newId() }),
  );
  if (!one) throw new Error('no task was reserved');
  return one.token;
}
