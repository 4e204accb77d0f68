import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import { isTerminal, nextWake, type Task } from '../../domain/task/task.ts';
import { NEVER } from '../../domain/ticket.ts';
import { untilWritten } from '../conflicts.ts';
import type { Call, Context } from '../context.ts';
import { requestIdOf } from '../requests.ts';
import { commitTask, writeChange } from './change-task.ts';
import { decide, type Taken } from './take-task.ts';
import { queueToWork } from './task-access.ts';
import { nameOf, readTask } from './task-items.ts';
import { reservedTask } from './task-views.ts';

type Reply = RouteReply<'reserveByTicket'>;

const NOTHING: Reply = { status: 'nothing' };

/** Where no further task may run, a task waits a tenth of the time that it has waited so far, within these bounds. */
const WAITS_LONGER = 0.1;
const LEAST_WAIT_MILLIS = 5_000;
const MOST_WAIT_MILLIS = 900_000;

/**
 * Reserves the task that a ticket names, for a worker that was given the ticket by the queue itself, as functions are:
 * the queue deletes it when the function has ended. So it counts as used up, whatever comes of it, and a task that
 * needs a ticket later is sent a fresh one.
 */
export async function reserveByTicket(
  context: Context,
  call: Call,
  request: RouteRequest<'reserveByTicket'>,
): Promise<Reply> {
  const queue = await queueToWork(context, call, request.queue);
  // A fresh ticket would only be looked at in vain, again and again. When the queue is resumed the sweep sends one.
  if (queue.paused) return NOTHING;
  const place = { queue: queue.name, number: request.number };
  const wanted = { worker: request.worker, requestId: requestIdOf(context, request) };
  return untilWritten(context, nameOf(place), async () => {
    const before = await readTask(context, place);
    if (!before || request.generation > before.generation) return { written: { status: 'early' } };
    const { after, taken } = await decide(context, queue, before, wanted);
    const isCurrent = request.generation === before.generation;
    if (taken.kind === 'leased')
      return written(await lease(context, before, taken.task, isCurrent), () => replyOf(context, taken.task));
    return written(await leave(context, before, after, { taken, isCurrent }), () => NOTHING);
  });
}

function written(isWritten: boolean, reply: () => Reply): { written: Reply } | undefined {
  return isWritten ? { written: reply() } : undefined;
}

function replyOf(context: Context, task: Task): Reply {
  const { lease } = task;
  return lease ? { status: 'reserved', reservation: reservedTask(context, task, lease) } : NOTHING;
}

/** Writes the lease that was made, unless it is that of the same request; by an older ticket the task keeps its current one. */
async function lease(context: Context, before: Task, leased: Task, isCurrent: boolean): Promise<boolean> {
  if (!leased.lease || leased.lease === before.lease) return true;
  if (!isCurrent) return commitTask(context, before, leased);
  const { deadline } = leased.lease;
  return writeChange(context, before, {
    ...leased,
    lease: { ...leased.lease, usesUpTicket: true },
    wakeAt: deadline,
  });
}

/** Writes what else was decided, and sends the ticket by which the task is looked at next. */
async function leave(
  context: Context,
  before: Task,
  after: Task,
  { taken, isCurrent }: { taken: Taken; isCurrent: boolean },
): Promise<boolean> {
  if (!isCurrent) return after === before || commitTask(context, before, after);
  // The end of its lease sends one.
  if (after === before && before.lease?.usesUpTicket) return true;
  if (after === before && isTerminal(before.state) && before.wakeAt === NEVER) return true;
  const wakeAt = taken.kind === 'full' ? roomMayBeAt(context, after) : nextWake(after);
  return commitTask(context, before, { ...after, wakeAt: NEVER }, wakeAt);
}

/** When to look whether the queue lets a further task run: the longer it has not, the later. */
function roomMayBeAt({ clock, random }: Context, { notBefore, changedAt }: Task): number {
  const now = clock.now();
  const waited = (now - Math.max(notBefore, changedAt)) * WAITS_LONGER;
  const wait = Math.min(MOST_WAIT_MILLIS, Math.max(LEAST_WAIT_MILLIS, waited));
  return Math.ceil(now + wait * (0.5 + random()));
}
