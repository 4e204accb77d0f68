import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { PRIORITIES } from '../../domain/task/task.ts';
import { comeBack } from '../come-back.ts';
import type { Call, Context } from '../context.ts';
import { PortUnavailable } from '../ports.ts';
import { requestIdOf } from '../requests.ts';
import { doorOf, type QueueRecord, ticketQueueOf, ticketQueuesOf } from './queue-records.ts';
import { learnRepeated, takenBefore } from './repeated.ts';
import { fullUntil } from './take-place.ts';
import { takeByTicket, type WantedTask } from './take-task.ts';
import { queueToWork } from './task-access.ts';
import { reservedTask } from './task-views.ts';

/** Tickets that may be looked at in vain for one call. */
const MAX_LOOKS = 32;

type Reply = RouteReply<'reserveTasks'>;

interface Wanted extends WantedTask {
  readonly queues: readonly string[];
  readonly count: number;
}

/** Reserves tasks for a worker; waits for one as long as it asks and the home allows. */
export async function reserveTasks(
  context: Context,
  call: Call,
  request: RouteRequest<'reserveTasks'>,
): Promise<Reply> {
  const wanted = { ...request, requestId: requestIdOf(context, request) };
  const { bell } = context.tickets;
  const until = context.clock.now() + request.waitSeconds * 1000;
  await learnRepeated(context, call, wanted);
  for (;;) {
    const { tasks, doors, lookAt } = await takeTasks(context, call, wanted);
    if (tasks.length > 0) return { status: 'reserved', tasks };
    const now = context.clock.now();
    if (!bell || now >= until || call.signal?.aborted) return comeBack(context);
    await bell.wait(doors, Math.min(until, lookAt) - now, call.signal);
  }
}

interface Found {
  readonly tasks: ReservedTask[];
  /** The queues of tickets, and doors, at which there may be a task next. */
  readonly doors: string[];
  /** When a queue that is full must be looked at again. */
  readonly lookAt: number;
}

async function takeTasks(context: Context, call: Call, wanted: Wanted): Promise<Found> {
  const queues = await Promise.all(wanted.queues.map(name => queueToWork(context, call, name)));
  const tasks = await takenBefore(context, wanted);
  const doors: string[] = [];
  let lookAt = Number.POSITIVE_INFINITY;
  if (tasks.length > 0) return { tasks, doors, lookAt };
  let looks = 0;
  for (const queue of queues) {
    doors.push(doorOf(queue.name));
    const full = queue.paused ? Number.POSITIVE_INFINITY : await fullUntil(context, queue);
    if (full > 0) {
      lookAt = Math.min(lookAt, full);
      continue;
    }
    doors.push(...ticketQueuesOf(queue.name));
    try {
      looks = await takeFromQueue(context, queue, wanted, tasks, looks);
    } catch (error) {
      if (tasks.length === 0 || !(error instanceof PortUnavailable)) throw error;
      context.warn(`a look for more tasks of queue ${queue.name} failed`, error);
    }
    if (tasks.length >= wanted.count || looks >= MAX_LOOKS + wanted.count) break;
  }
  return { tasks, doors, lookAt };
}

/** Adds tasks of a queue to those found, the most urgent first. Answers the looks made so far. */
async function takeFromQueue(
  context: Context,
  queue: QueueRecord,
  wanted: Wanted,
  tasks: ReservedTask[],
  looksBefore: number,
): Promise<number> {
  const dry: string[] = [];
  let looks = looksBefore;
  for (const priority of PRIORITIES) {
    const ticketQueue = ticketQueueOf(queue.name, priority);
    for (; tasks.length < wanted.count && looks < MAX_LOOKS + wanted.count; looks += 1) {
      const ticket = await context.crowd.receive(ticketQueue);
      if (!ticket) {
        dry.push(priority);
        break;
      }
      const taken = await takeByTicket(context, queue, ticketQueue, ticket, wanted);
      if (taken.kind === 'full') return looks;
      const { lease } = taken.kind === 'leased' ? taken.task : {};
      if (taken.kind === 'leased' && lease) tasks.push(reservedTask(context, taken.task, lease));
    }
  }
  if (tasks.length === 0 && dry.length > 0) await context.activity.note(`t-${queue.name}`, dry);
  return looks;
}
