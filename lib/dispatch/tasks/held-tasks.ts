import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { mayWorkOn } from '../../domain/task/access.ts';
import type { Call, Context } from '../context.ts';
import { scanOpen } from './groups.ts';
import type { QueueRecord } from './queue-records.ts';
import { queueToWork } from './task-access.ts';
import { reservedTask } from './task-views.ts';

/** The tasks a worker holds, of one queue or of all that the caller may work on, so that it can go on where it was. */
export async function heldTasks(
  context: Context,
  call: Call,
  { worker, queue }: RouteRequest<'heldTasks'>,
): Promise<RouteReply<'heldTasks'>> {
  const tasks: ReservedTask[] = [];
  for (const { name } of await queuesToScan(context, call, queue))
    for await (const group of scanOpen(context, name))
      for (const task of group)
        if (task.lease?.worker === worker) tasks.push(reservedTask(context, task, task.lease));
  return { tasks };
}

async function queuesToScan(context: Context, call: Call, queue: string | undefined): Promise<QueueRecord[]> {
  if (queue !== undefined) return [await queueToWork(context, call, queue)];
  return [...(await context.queues.all()).values()].filter(record => mayWorkOn(record, call.caller));
}
