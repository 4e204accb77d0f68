import { expire, remove } from '../../domain/task/end.ts';
import { isTerminal, type Task } from '../../domain/task/task.ts';
import { NEVER } from '../../domain/ticket.ts';
import type { Context } from '../context.ts';
import { commitTask } from './change-task.ts';
import { countIn } from './count-running.ts';
import { freeKey } from './dedup.ts';
import { forgetTask } from './delete-task.ts';
import {
  countTasks,
  type Digest,
  groupsOf,
  NO_COUNTS,
  readDigests,
  removeDigest,
  type StoredDigest,
  writeDigest,
} from './groups.ts';
import { lostTickets } from './lost-tickets.ts';
import { deliver } from './outbound.ts';
import { type QueueRecord, ticketQueueOf } from './queue-records.ts';
import { firstOf, groupOf, nameOf, readStoredGroup, writeTask } from './task-items.ts';

/** Events that stand on a task for so long were not delivered by whoever wrote them. */
const UNSENT_MILLIS = 60_000;
/**
 * Longer than a request takes: then nobody writes a task under a number of a group before the last one, or under that of
 * a task that was removed.
 */
const LATE_MILLIS = 5 * 60_000;
/** Groups of a queue read in one sweep; the next one goes on with those after them. */
const MAX_GROUPS = 256;

/** The periodic repair of tasks: what ran out, what was lost, what was not delivered, and what need not be kept. */
export async function sweepTasks(context: Context): Promise<void> {
  context.queues.forget();
  for (const queue of (await context.queues.all()).values())
    await sweepQueue(context, queue).catch(error =>
      context.warn(`the sweep of queue ${queue.name} failed`, error),
    );
}

async function sweepQueue(context: Context, queue: QueueRecord): Promise<void> {
  const { name } = queue;
  const { first, last } = await context.numbers.range(name);
  const digests = await readDigests(context, name);
  const isDue = (group: number) => isGroupDue(context, queue, digests.get(group)?.digest);
  const due = groupsOf(first, last).filter(isDue);
  const from = context.sweptTo.get(name) ?? 0;
  const inTurn = [...due.filter(group => group >= from), ...due.filter(group => group < from)];
  context.sweptTo.set(name, inTurn[MAX_GROUPS] ?? 0);
  const hasLostTicket = await lostTickets(context, queue);
  for (const group of inTurn.slice(0, MAX_GROUPS)) {
    await sweepGroup(
      context,
      queue,
      { group, isLast: group === groupOf(last) },
      digests.get(group),
      hasLostTicket,
    );
    await context.clock.sleep(0);
  }
  await forgetEmptied(context, name);
}

/** Groups that are over have something to do only once a task in them need not be kept, or is to be forgotten. */
function isGroupDue({ clock }: Context, { retentionSeconds }: QueueRecord, digest?: Digest): boolean {
  if (!digest?.isOver) return true;
  const { firstEndedAt = NEVER, firstRemovedAt = NEVER } = digest;
  return Math.min(firstEndedAt + retentionSeconds * 1000, firstRemovedAt + LATE_MILLIS) <= clock.now();
}

async function sweepGroup(
  context: Context,
  queue: QueueRecord,
  { group, isLast }: { group: number; isLast: boolean },
  stored: StoredDigest | undefined,
  hasLostTicket: (task: Task) => Promise<boolean>,
): Promise<void> {
  const tasks = await readStoredGroup(context, queue.name, group);
  const left: Task[] = [];
  for (const task of tasks)
    try {
      const swept = await sweepTask(context, queue, task, hasLostTicket);
      if (swept) left.push(swept);
    } catch (error) {
      left.push(task);
      context.warn(`the sweep of ${nameOf(task)} failed`, error);
    }
  await countIn(context, queue, left);
  const now = context.clock.now();
  const fullAt = isLast ? undefined : (stored?.digest.fullAt ?? now);
  const removals = left.flatMap(({ removedAt }) => removedAt ?? []);
  const kept = left.filter(({ removedAt }) => removedAt === undefined);
  const ends = kept.flatMap(({ endedAt }) => endedAt ?? []);
  const digest: Digest = {
    counts: countTasks(kept, now),
    isOver:
      fullAt !== undefined &&
      now - fullAt >= LATE_MILLIS &&
      left.every(({ state, outbox }) => isTerminal(state) && outbox.length === 0),
    ...(fullAt !== undefined && { fullAt }),
    ...(ends.length > 0 && { firstEndedAt: Math.min(...ends) }),
    ...(removals.length > 0 && { firstRemovedAt: Math.min(...removals) }),
  };
  if (JSON.stringify(digest) !== JSON.stringify(stored?.digest))
    await writeDigest(context, queue.name, group, digest, stored?.version ?? 0);
}

/** Looks after one task. Answers what is left of it: as it was read, where nothing more is asked of that. */
async function sweepTask(
  context: Context,
  queue: QueueRecord,
  task: Task,
  hasLostTicket: (task: Task) => Promise<boolean>,
): Promise<Task | undefined> {
  const now = context.clock.now();
  if (task.outbox.length > 0 && now - task.changedAt >= UNSENT_MILLIS) await deliver(context, task);
  else if (isTerminal(task.state)) return task.outbox.length > 0 ? task : sweepEnded(context, queue, task);
  else {
    const expired = expire(task, now);
    if (expired) await commitTask(context, task, expired);
    else if (await hasLostTicket(task)) await reissueTicket(context, task);
    if (task.lease) context.requests.note(`t-${task.queue}`, task.number, task.lease);
  }
  return task;
}

/** Removes a task that need not be kept any more, and forgets it once its number is free. */
async function sweepEnded(
  context: Context,
  { retentionSeconds }: QueueRecord,
  task: Task,
): Promise<Task | undefined> {
  const now = context.clock.now();
  const { endedAt = now, removedAt } = task;
  if (removedAt !== undefined) {
    if (now < removedAt + LATE_MILLIS) return task;
    await forgetTask(context, task);
    return undefined;
  }
  const removed = endedAt + retentionSeconds * 1000 <= now ? remove(task, now) : undefined;
  if (!removed || !(await writeTask(context, removed))) return task;
  await freeKey(context, removed);
  return removed;
}

/** Sends a fresh ticket for a task whose own was lost. */
async function reissueTicket(context: Context, task: Task): Promise<void> {
  const generation = task.generation + 1;
  const ticket = { block: task.number, generation, visibleAt: 0 };
  await context.tickets.send(ticketQueueOf(task.queue, task.spec.priority), [ticket]);
  await writeTask(context, { ...task, generation, wakeAt: 0 });
}

/** Forgets the first groups of a queue, once nothing is kept in them and nothing more comes into them. */
async function forgetEmptied(context: Context, queue: string): Promise<void> {
  const { first, last } = await context.numbers.range(queue);
  if (groupOf(first) === groupOf(last)) return;
  const digests = await readDigests(context, queue);
  const groups = groupsOf(first, last);
  const isGone = (group: number) => {
    const digest = digests.get(group)?.digest;
    if (!digest?.isOver || digest.firstRemovedAt !== undefined) return false;
    return JSON.stringify(digest.counts) === JSON.stringify(NO_COUNTS);
  };
  const left = groups.find(group => !isGone(group)) ?? groupOf(last);
  if (left === groupOf(first)) return;
  await context.numbers.change(queue, range => ({ ...range, first: firstOf(left) }));
  for (const group of groups.filter(group => group < left)) await removeDigest(context, queue, group);
}
