import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { retry } from '../../domain/task/end.ts';
import type { Task } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { wasMovedBy, withMove } from '../moves.ts';
import { ProblemError } from '../problem.ts';
import { changeTask } from './change-task.ts';
import { reopenGroup } from './groups.ts';
import { taskToManage } from './task-access.ts';
import { nameOf, unknownTask } from './task-items.ts';
import { viewTask } from './task-views.ts';

/** Queues a task that failed or was cancelled once more, with as many attempts as it had. */
export async function retryTask(
  context: Context,
  call: Call,
  request: RouteRequest<'retryTask'>,
): Promise<RouteReply<'retryTask'>> {
  const known = await taskToManage(context, call, request.task);
  if (wasMovedBy(known, request)) return viewTask(context, known);
  retryOrRefuse(known, context.clock.now());
  await reopenGroup(context, known);
  const retried = await changeTask<Task>(context, known, (task, now) => {
    if (!task) throw unknownTask(request.task);
    if (wasMovedBy(task, request)) return { outcome: task };
    const next = { ...retryOrRefuse(task, now), ...withMove(task, request) };
    return isRetried(task) ? { outcome: task } : { task: next, outcome: next };
  });
  return viewTask(context, retried);
}

/** One that was retried, and is not begun, is as its caller wants it: the answer to the first call may have been lost. */
function retryOrRefuse(task: Task, now: number): Task {
  const next = isRetried(task) ? task : retry(task, now);
  if (next) return next;
  throw new ProblemError(
    'wrong_state',
    `${nameOf(task)} is ${task.state}: only a task that is failed or cancelled can be retried`,
  );
}

function isRetried({ state, reason }: Task): boolean {
  return state === 'queued' && reason === 'retried';
}
