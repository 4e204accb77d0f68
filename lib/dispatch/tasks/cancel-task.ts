import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { cancel } from '../../domain/task/end.ts';
import { parseTaskId } from '../../domain/task/id.ts';
import { isCancelled, type Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { wasMovedBy, withMove } from '../moves.ts';
import { ProblemError } from '../problem.ts';
import { changeTask } from './change-task.ts';
import { childrenOf, isPartOf } from './children.ts';
import { taskToManage } from './task-access.ts';
import { unknownTask } from './task-items.ts';
import { viewTask } from './task-views.ts';

/**
 * Cancels a task, then its parts that are not begun, and theirs. Should that be cut off, a part is cancelled when a
 * worker would begin it, or when this is asked for again.
 */
export async function cancelTask(
  context: Context,
  call: Call,
  request: RouteRequest<'cancelTask'>,
): Promise<RouteReply<'cancelTask'>> {
  const place = await taskToManage(context, call, request.task);
  const cancelled = await changeTask<Task>(context, place, (task, now) => {
    if (!task) throw unknownTask(request.task);
    if (wasMovedBy(task, request)) return { outcome: task };
    const decided = cancel(task, 'cancelled', now);
    if (decided.kind === 'illegal')
      throw new ProblemError(
        'wrong_state',
        `task ${request.task} is ${decided.from}: it cannot be cancelled`,
      );
    if (decided.kind === 'repeated') return { outcome: task };
    const next = { ...decided.task, ...withMove(task, request) };
    return { task: next, outcome: next };
  });
  // Not so if this was a late copy, and the task was retried meanwhile.
  if (isCancelled(cancelled.state)) await cancelParts(context, request.task);
  return viewTask(context, cancelled);
}

async function cancelParts(context: Context, task: string): Promise<void> {
  const parents = [task];
  for (let parent = parents.shift(); parent !== undefined; parent = parents.shift())
    for (const id of await childrenOf(context, parent)) {
      const place = parseTaskId(id);
      const isCancelled =
        place &&
        (await changeTask<boolean>(context, place, (part, now) => {
          const decided = isPartOf(part, parent) ? cancel(part, 'parent_cancelled', now) : undefined;
          return decided?.kind === 'cancelled' ? { task: decided.task, outcome: true } : { outcome: false };
        }));
      if (isCancelled) parents.push(id);
    }
}
