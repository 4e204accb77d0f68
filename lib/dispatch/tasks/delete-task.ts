import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import { isTerminal, type Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { forgetChildren } from './children.ts';
import { freeKey } from './dedup.ts';
import { reopenGroup } from './groups.ts';
import { removeLog } from './log-chunks.ts';
import { taskToManage } from './task-access.ts';
import { removeOutputs } from './task-files.ts';
import { removeTaskItem } from './task-items.ts';

/** Deletes a task that has ended, and all that is kept of it. */
export async function deleteTask(
  context: Context,
  call: Call,
  request: RouteRequest<'deleteTask'>,
): Promise<RouteReply<'deleteTask'>> {
  const task = await taskToManage(context, call, request.task);
  if (!isTerminal(task.state))
    throw new ProblemError(
      'wrong_state',
      `task ${request.task} is ${task.state}: it can be deleted once it is succeeded, failed or cancelled`,
    );
  await reopenGroup(context, task);
  await removeTask(context, task);
  return { deleted: request.task };
}

/** Removes all that is kept of a task; the task itself goes last, so that what is cut off is begun again. */
export async function removeTask(context: Context, task: Task): Promise<void> {
  const { queue, number, spec } = task;
  const { owner, dedupKey } = spec;
  if (dedupKey !== undefined) await freeKey(context, { queue, owner, dedupKey }, number);
  await removeOutputs(context, task);
  if (task.hasLog) await removeLog(context, task);
  await forgetChildren(context, formatTaskId(task));
  await removeTaskItem(context, task);
}
