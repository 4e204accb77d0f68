import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Task as ShownTask, SubmitTask } from '../../contract/tasks.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import { isCancelled, newTask, type Task, type TaskPolicy, type TaskSpec } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { addressFault, listeners } from '../events/tell.ts';
import { ProblemError } from '../problem.ts';
import { inOrder } from '../side-by-side.ts';
import { noteChildren } from './children.ts';
import { claim } from './dedup.ts';
import { type QueueRecord, ticketQueueOf } from './queue-records.ts';
import { taskToRead } from './task-access.ts';
import { refuseUnreachableFiles } from './task-files.ts';
import { nameOf, readTask, writeTask } from './task-items.ts';
import { refuseTooLarge } from './task-size.ts';
import { viewTask } from './task-views.ts';

/** Submits a task, and answers with it: with the one that has its key, where there is one. */
export async function submitTask(
  context: Context,
  call: Call,
  request: RouteRequest<'submitTask'>,
): Promise<RouteReply<'submitTask'>> {
  const { tasks } = await submitTasks(context, call, { tasks: [request] });
  const [task] = tasks;
  if (!task) throw new Error('a task was submitted, and there is none');
  return task;
}

/**
 * Submits tasks. A ticket is sent before its task is written, as always: what is cut off leaves a ticket that names
 * nothing, or nothing at all, and never a task that nobody looks for.
 */
export async function submitTasks(
  context: Context,
  call: Call,
  request: RouteRequest<'submitTasks'>,
): Promise<RouteReply<'submitTasks'>> {
  const isAnnounced = (await listeners(context)).length > 0;
  const asked: Asked[] = [];
  for (const one of request.tasks) asked.push(await examine(context, call, one, isAnnounced));
  const tasks = await numbered(context, asked);
  const fresh = tasks.filter(isNew);
  for (const task of fresh) refuseTooLarge(task);
  await noteParts(context, fresh);
  await sendTickets(context, fresh);
  const made: ShownTask[] = [];
  for await (const task of inOrder(tasks, context.layout.requestsAtOnce, one => make(context, one)))
    made.push(viewTask(context, task));
  return { tasks: made };
}

/** A task that may be submitted, and where it goes. */
interface Asked {
  readonly request: SubmitTask;
  readonly queue: QueueRecord;
  readonly spec: TaskSpec;
}

async function examine(
  context: Context,
  call: Call,
  request: SubmitTask,
  isAnnounced: boolean,
): Promise<Asked> {
  const { caller } = call;
  const { owner = caller.user, parent, replyTo } = request;
  if (owner !== caller.user && !caller.admin)
    throw new ProblemError('forbidden', `only an admin may submit a task of ${owner}'s`);
  const queue =
    request.queue === undefined
      ? await context.queues.boundTo(request.name)
      : await context.queues.read(request.queue);
  const fault = replyTo === undefined ? undefined : await addressFault(context, replyTo);
  if (fault) throw new ProblemError('invalid_request', `replyTo: ${fault}`);
  await refuseUnreachableFiles(context, call, request);
  if (parent !== undefined) await refuseCancelledParent(context, call, parent);
  const { name, args, title, type, public: isPublic, meta, priority, dedupKey } = request;
  const { inputs, outputs, correlationId } = request;
  return {
    request,
    queue,
    spec: {
      ...{ name, owner, args, title, public: isPublic, meta, priority, inputs, outputs },
      ...(type !== undefined && { type }),
      ...(dedupKey !== undefined && { dedupKey }),
      ...(parent !== undefined && { parent }),
      ...(replyTo !== undefined && { replyTo }),
      ...(correlationId !== undefined && { correlationId }),
      ...(isAnnounced && { isAnnounced }),
    },
  };
}

async function refuseCancelledParent(context: Context, call: Call, parent: string): Promise<void> {
  const { state } = await taskToRead(context, call, parent);
  if (isCancelled(state))
    throw new ProblemError('wrong_state', `task ${parent} is ${state}: no further task can be a part of it`);
}

/** The others were made before, under the same key. */
function isNew({ version }: Task): boolean {
  return version === 0;
}

/** The tasks with their numbers, as many as are needed taken at once from each queue. */
async function numbered(context: Context, asked: readonly Asked[]): Promise<Task[]> {
  const plain = asked.filter(({ spec }) => spec.dedupKey === undefined);
  const numbers = new Map<Asked, number>();
  for (const [queue, ones] of Map.groupBy(plain, one => one.queue.name)) {
    const taken = await context.numbers.take(queue, ones.length);
    for (const [n, one] of ones.entries()) numbers.set(one, taken[n] ?? 0);
  }
  const now = context.clock.now();
  const tasks: Task[] = [];
  for (const one of asked) {
    const { request, queue, spec } = one;
    const { owner, dedupKey } = spec;
    const key = dedupKey === undefined ? undefined : { queue: queue.name, owner, dedupKey };
    const { number, first } = key
      ? await claim(context, key, request.dedupSeconds)
      : { number: numbers.get(one) ?? 0 };
    if (first) {
      tasks.push(first);
      continue;
    }
    const policy = policyOf(request, queue);
    const notBefore =
      request.startAt ?? (request.delaySeconds ? Math.ceil(now + request.delaySeconds * 1000) : 0);
    tasks.push(newTask({ queue: queue.name, number }, { spec, policy, notBefore }, now));
  }
  return tasks;
}

function policyOf(request: SubmitTask, queue: QueueRecord): TaskPolicy {
  const { timeoutSeconds = queue.timeoutSeconds, maxAttempts = queue.maxAttempts } = request;
  const { leaseSeconds, cancelGraceSeconds, startWithinSeconds } = queue;
  return {
    ...{ leaseSeconds, cancelGraceSeconds, startWithinSeconds, timeoutSeconds, maxAttempts },
    retryBackoffSeconds: request.retryBackoffSeconds ?? queue.retryBackoffSeconds,
    retryBackoffMaxSeconds: request.retryBackoffMaxSeconds ?? queue.retryBackoffMaxSeconds,
  };
}

async function noteParts(context: Context, tasks: readonly Task[]): Promise<void> {
  for (const [parent, parts] of Map.groupBy(tasks, ({ spec }) => spec.parent))
    if (parent !== undefined) await noteChildren(context, parent, parts.map(formatTaskId));
}

async function sendTickets(context: Context, tasks: readonly Task[]): Promise<void> {
  const byQueue = Map.groupBy(tasks, ({ queue, spec }) => ticketQueueOf(queue, spec.priority));
  for (const [queue, ones] of byQueue)
    await context.tickets.send(
      queue,
      ones.map(({ number, generation, wakeAt }) => ({ block: number, generation, visibleAt: wakeAt })),
    );
}

/** Writes a new task, or answers with the one that has its number: the first one of its key. */
async function make(context: Context, task: Task): Promise<Task> {
  if (!isNew(task) || (await writeTask(context, task))) return task;
  const first = await readTask(context, task);
  if (!first) throw new ProblemError('busy', `${nameOf(task)} was deleted while it was submitted again`);
  return first;
}
