import type { Queue, QueueSettings, TaskCounts } from '../../contract/queues.ts';
import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { inOrder } from '../side-by-side.ts';
import { countRunning } from './count-running.ts';
import { countTasks, groupsOf, NO_COUNTS, readDigests } from './groups.ts';
import { doorOf, type QueueRecord } from './queue-records.ts';
import { refuseUnlessAdmin } from './task-access.ts';
import { readGroup } from './task-items.ts';

/** Groups that are counted anew; of more, the counts of the last sweep are told. */
const MAX_COUNTED = 256;

export async function listQueues(context: Context): Promise<RouteReply<'listQueues'>> {
  return { queues: [...(await context.queues.all()).values()] };
}

export async function showQueue(
  context: Context,
  _call: Call,
  request: RouteRequest<'showQueue'>,
): Promise<RouteReply<'showQueue'>> {
  const queue = await context.queues.read(request.queue);
  return { ...queue, counts: await countQueue(context, queue.name) };
}

async function countQueue(context: Context, queue: string): Promise<TaskCounts> {
  const { first, last } = await context.numbers.range(queue);
  const digests = await readDigests(context, queue);
  const groups = groupsOf(first, last);
  const isMany = groups.filter(group => !digests.get(group)?.digest.isOver).length > MAX_COUNTED;
  const sum = { ...NO_COUNTS };
  const countGroup = async (group: number) => {
    const known = digests.get(group)?.digest;
    if (known && (known.isOver || isMany)) return known.counts;
    return countTasks(await readGroup(context, queue, group), context.clock.now());
  };
  for await (const counts of inOrder(groups, context.layout.requestsAtOnce, countGroup))
    for (const state of STATES) sum[state] += counts[state];
  return sum;
}

const STATES = Object.keys(NO_COUNTS) as (keyof TaskCounts)[];

/** Makes a queue, or changes its settings; for admins. */
export async function putQueue(
  context: Context,
  call: Call,
  { queue, ...settings }: RouteRequest<'putQueue'>,
): Promise<Queue> {
  refuseUnlessAdmin(call, 'make or change a queue');
  return setQueue(context, queue, settings);
}

/** Gives a queue its settings. Tasks that were submitted keep the rules that they were submitted under. */
export async function setQueue(
  context: Context,
  name: string,
  settings: QueueSettings,
): Promise<QueueRecord> {
  for (const other of (await context.queues.all()).values()) {
    const bound = other.name === name ? [] : other.bindings.filter(task => settings.bindings.includes(task));
    if (bound.length > 0)
      throw new ProblemError(
        'wrong_state',
        `tasks named ${bound.join(', ')} are bound to queue ${other.name}`,
      );
  }
  const { clock } = context;
  const queue = await context.queues.change(name, record => ({
    ...settings,
    name,
    paused: record?.paused ?? false,
    createdAt: record?.createdAt ?? clock.now(),
  }));
  await countRunning(context, queue);
  context.tickets.bell?.ring(doorOf(name));
  return queue;
}

export function pauseQueue(
  context: Context,
  call: Call,
  { queue }: RouteRequest<'pauseQueue'>,
): Promise<Queue> {
  return setPaused(context, call, queue, true);
}

export function resumeQueue(
  context: Context,
  call: Call,
  { queue }: RouteRequest<'resumeQueue'>,
): Promise<Queue> {
  return setPaused(context, call, queue, false);
}

async function setPaused(context: Context, call: Call, name: string, paused: boolean): Promise<Queue> {
  refuseUnlessAdmin(call, 'pause or resume a queue');
  const known = await context.queues.read(name);
  const queue = await context.queues.change(name, record => ({ ...(record ?? known), paused }));
  context.tickets.bell?.ring(doorOf(name));
  return queue;
}
