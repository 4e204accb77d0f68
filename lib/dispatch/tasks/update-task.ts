import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { update } from '../../domain/task/update.ts';
import type { Call, Context } from '../context.ts';
import { shortIdOf } from '../requests.ts';
import { changeTask } from './change-task.ts';
import { heldBy, refusal } from './hold-task.ts';
import { refuseTooLarge } from './task-size.ts';

/** Keeps what a worker tells of its task, and tells it whether to go on. */
export async function updateTask(
  context: Context,
  call: Call,
  request: RouteRequest<'updateTask'>,
): Promise<RouteReply<'updateTask'>> {
  const token = await heldBy(context, call, request.token);
  const requestId = request.requestId === undefined ? undefined : shortIdOf(request.requestId);
  return changeTask(context, token, (task, now) => {
    if (!task) throw refusal(request.token, 'unknown');
    const updated = update(task, token, { ...request, requestId }, now);
    if (updated.kind === 'refused') throw refusal(request.token, updated.reason);
    refuseTooLarge(updated.task);
    const { lease, state } = updated.task;
    return {
      task: updated.task,
      outcome: { deadline: lease?.deadline ?? now, cancelled: state === 'cancelling' },
    };
  });
}
