import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { end } from '../../domain/task/end.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import { stateAt } from '../../domain/task/task.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { changeTask } from './change-task.ts';
import { heldBy, refusal } from './hold-task.ts';
import { refuseTooLarge } from './task-size.ts';

/** Ends an attempt as its worker says. */
export async function endTask(
  context: Context,
  call: Call,
  request: RouteRequest<'endTask'>,
): Promise<RouteReply<'endTask'>> {
  const token = await heldBy(context, call, request.token);
  return changeTask<RouteReply<'endTask'>>(context, token, (task, now) => {
    if (!task) throw refusal(request.token, 'unknown');
    const ended = end(task, token, request, now);
    if (ended.kind === 'refused') throw refusal(request.token, ended.reason);
    if (ended.kind === 'illegal')
      throw new ProblemError(
        'wrong_state',
        `task ${formatTaskId(task)} is ${ended.from}: it cannot become ${request.outcome} before it is cancelling`,
      );
    if (ended.kind === 'repeated') return { outcome: { state: ended.state, repeated: true } };
    if (request.outcome === 'succeeded') refuseTooLarge(ended.task);
    return { task: ended.task, outcome: { state: stateAt(ended.task, now), repeated: false } };
  });
}
