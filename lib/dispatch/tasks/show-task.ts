import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Call, Context } from '../context.ts';
import { readTail } from './log-chunks.ts';
import { taskToRead } from './task-access.ts';
import { viewTask } from './task-views.ts';

/** A task, with the newest part of its log where it has one. */
export async function showTask(
  context: Context,
  call: Call,
  request: RouteRequest<'showTask'>,
): Promise<RouteReply<'showTask'>> {
  const task = await taskToRead(context, call, request.task);
  const log = task.hasLog && (await readTail(context, task));
  return { ...viewTask(context, task), ...(log && { log }) };
}
