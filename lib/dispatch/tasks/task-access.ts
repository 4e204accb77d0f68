import { mayManageTask, mayReadTask, mayWorkOn } from '../../domain/task/access.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import type { Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import type { QueueRecord } from './queue-records.ts';
import { readTaskById, unknownTask } from './task-items.ts';

/** The task, for a caller who may look at it; to others there is no such task. */
export async function taskToRead(context: Context, { caller }: Call, id: string): Promise<Task> {
  const task = await readTaskById(context, id);
  if (!mayReadTask(task.spec, await context.queues.find(task.queue), caller)) throw unknownTask(id);
  return task;
}

/** The task, for a caller who may cancel, retry and delete it. */
export async function taskToManage(context: Context, call: Call, id: string): Promise<Task> {
  const task = await taskToRead(context, call, id);
  refuseUnlessManaged(call, task);
  return task;
}

function refuseUnlessManaged({ caller }: Call, task: Task): void {
  if (!mayManageTask(task.spec, caller))
    throw new ProblemError(
      'forbidden',
      `task ${formatTaskId(task)} belongs to ${task.spec.owner}; ${caller.user} may not change it`,
    );
}

/** The queue, for a caller whose workers may reserve its tasks and report on them. */
export async function queueToWork(context: Context, { caller }: Call, name: string): Promise<QueueRecord> {
  const queue = await context.queues.read(name);
  if (!mayWorkOn(queue, caller))
    throw new ProblemError('forbidden', `${caller.user} is not among the users of queue ${name}`);
  return queue;
}

export function refuseUnlessAdmin({ caller }: Call, what: string): void {
  if (!caller.admin) throw new ProblemError('forbidden', `only an admin may ${what}`);
}
