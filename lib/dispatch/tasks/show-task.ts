import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Call, Context } from '../context.ts';
import { taskToRead } from './task-access.ts';
import { viewTask } from './task-views.ts';

export async function showTask(
  context: Context,
  call: Call,
  request: RouteRequest<'showTask'>,
): Promise<RouteReply<'showTask'>> {
  return viewTask(context, await taskToRead(context, call, request.task));
}
