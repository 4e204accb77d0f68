import type { ReservedTask } from '../../contract/tasks.ts';
import type { Call, Context } from '../context.ts';
import { scanOpen } from './groups.ts';
import { queueToWork } from './task-access.ts';
import { readTask } from './task-items.ts';
import { reservedTask } from './task-views.ts';

/** A queue with more groups of open tasks is not looked through for one request: all workers may repeat at once. */
const MOST_GROUPS = 64;

interface Request {
  readonly worker: string;
  readonly requestId: string;
  readonly queues: readonly string[];
  /** Its sender says so: the answer to an earlier sending may have been lost. */
  readonly repeated?: boolean | undefined;
}

/** What a repeated request was given the first time and still holds. */
export async function takenBefore(context: Context, request: Request): Promise<ReservedTask[]> {
  const { worker, requestId } = request;
  const taken: ReservedTask[] = [];
  for (const queue of request.queues)
    for (const number of context.requests.blocksOf(`t-${queue}`, request)) {
      const task = await readTask(context, { queue, number });
      const { lease } = task ?? {};
      if (task && lease?.worker === worker && lease.requestId === requestId)
        taken.push(reservedTask(context, task, lease));
    }
  return taken;
}

/** Learns what a repeated request was given by another process, or by this one before it was started anew. */
export async function learnRepeated(context: Context, call: Call, request: Request): Promise<void> {
  const { worker, requestId, queues } = request;
  const isKnown = queues.some(queue => context.requests.blocksOf(`t-${queue}`, request).length > 0);
  if (!request.repeated || isKnown) return;
  for (const name of queues) {
    const queue = await queueToWork(context, call, name);
    for await (const group of scanOpen(context, queue.name, MOST_GROUPS))
      for (const { number, lease } of group)
        if (lease?.worker === worker && lease.requestId === requestId)
          context.requests.note(`t-${queue.name}`, number, lease);
  }
}
