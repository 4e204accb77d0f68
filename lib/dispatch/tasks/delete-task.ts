import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { remove } from '../../domain/task/end.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import type { Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { changeTask } from './change-task.ts';
import { forgetChildren } from './children.ts';
import { forgetKey, freeKey } from './dedup.ts';
import { reopenGroup } from './groups.ts';
import { removeLog } from './log-chunks.ts';
import { taskToManage } from './task-access.ts';
import { removeOutputs } from './task-files.ts';
import { nameOf, removeTaskItem } from './task-items.ts';

/**
 * Deletes a task that has ended, and what is kept of it. It is removed by a write over the version that was read, so that
 * none is that somebody retried meanwhile; its number becomes free later, so that no other task is made under it by
 * somebody who has found it under a key.
 */
export async function deleteTask(
  context: Context,
  call: Call,
  request: RouteRequest<'deleteTask'>,
): Promise<RouteReply<'deleteTask'>> {
  const known = await taskToManage(context, call, request.task);
  removeOrRefuse(known, context.clock.now());
  await reopenGroup(context, known);
  const removed = await changeTask<Task>(context, known, (task, now) => {
    // Another call has removed it since, or this one has, and did not hear of it.
    if (!task) return { outcome: known };
    const next = removeOrRefuse(task, now);
    return { task: next, outcome: next };
  });
  await freeKey(context, removed);
  await removeRest(context, removed);
  return { deleted: request.task };
}

function removeOrRefuse(task: Task, now: number): Task {
  const removed = remove(task, now);
  if (removed) return removed;
  throw new ProblemError(
    'wrong_state',
    `${nameOf(task)} is ${task.state}: it can be deleted once it is succeeded, failed or cancelled`,
  );
}

/**
 * Removes all that is left of a removed task, when nobody who met it before is still at work. The task itself goes last,
 * so that what is cut off is begun again.
 */
export async function forgetTask(context: Context, task: Task): Promise<void> {
  await removeRest(context, task);
  await forgetKey(context, task);
  await removeTaskItem(context, task);
}

async function removeRest(context: Context, task: Task): Promise<void> {
  await removeOutputs(context, task);
  if (task.hasLog) await removeLog(context, task);
  await forgetChildren(context, formatTaskId(task));
}
