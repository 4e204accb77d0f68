import * as z from 'zod';
import { TaskCounts } from '../../contract/queues.ts';
import type { TaskPlace } from '../../domain/task/id.ts';
import { stateAt, type Task } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import type { Key } from '../ports.ts';
import { inOrder } from '../side-by-side.ts';
import { groupOf, readGroup } from './task-items.ts';

/**
 * What the sweep knows of the tasks that stand together, so that those which are over need not be read again: not to
 * look after them, not to count them, and not to find what a worker holds.
 */
const Digest = z.object({
  counts: TaskCounts,
  /** All that is kept has ended, and nothing more comes into the group. */
  isOver: z.boolean(),
  /** When the group was first seen to be followed by another one. */
  fullAt: z.number().optional(),
  /** When the first of its tasks ended that is kept; absent when none is. */
  firstEndedAt: z.number().optional(),
  /** When the first of those was removed whose numbers are not free yet. */
  firstRemovedAt: z.number().optional(),
});
export type Digest = z.infer<typeof Digest>;

export interface StoredDigest {
  readonly digest: Digest;
  readonly version: number;
}

export const NO_COUNTS: TaskCounts = {
  ...{ scheduled: 0, queued: 0, running: 0, cancelling: 0 },
  ...{ succeeded: 0, failed: 0, cancelled: 0 },
};

const PAGE = 1000;
const DIGITS = 12;

/** The digests of a queue, by group. */
export async function readDigests(context: Context, queue: string): Promise<Map<number, StoredDigest>> {
  const digests = new Map<number, StoredDigest>();
  for (let after: string | undefined = ''; after !== undefined; ) {
    const items = await context.store.list(partitionOf(queue), { ...(after && { after }), limit: PAGE });
    for (const { key, value, version } of items)
      digests.set(Number(key.sort), { digest: Digest.parse(value), version });
    after = items.length < PAGE ? undefined : items.at(-1)?.key.sort;
  }
  return digests;
}

/** Writes a digest over the version that was read before its group was; false when somebody reopened the group. */
export function writeDigest(
  context: Context,
  queue: string,
  group: number,
  digest: Digest,
  version: number,
): Promise<boolean> {
  return context.store.put(keyOf(queue, group), digest, version);
}

export async function removeDigest(context: Context, queue: string, group: number): Promise<void> {
  await context.store.remove([keyOf(queue, group)]);
}

/** Has the sweep look at a task's group again; before the task is changed, so that it misses nothing. */
export async function reopenGroup(context: Context, { queue, number }: TaskPlace): Promise<void> {
  const key = keyOf(queue, groupOf(number));
  await untilWritten(context, `the group of task ${queue}-${number}`, async () => {
    const item = await context.store.get(key);
    const known = item ? Digest.parse(item.value) : { counts: NO_COUNTS };
    return (await context.store.put(key, { ...known, isOver: false }, item?.version ?? 0))
      ? { written: true }
      : undefined;
  });
}

export function countTasks(tasks: readonly Task[], now: number): TaskCounts {
  const counts = { ...NO_COUNTS };
  for (const task of tasks) counts[stateAt(task, now)] += 1;
  return counts;
}

/** The groups of a queue that may have tasks that are not over, in order. */
async function openGroups(context: Context, queue: string): Promise<number[]> {
  const { first, last } = await context.numbers.range(queue);
  const digests = await readDigests(context, queue);
  return groupsOf(first, last).filter(group => !digests.get(group)?.digest.isOver);
}

export function groupsOf(first: number, last: number): number[] {
  const from = groupOf(first);
  return Array.from({ length: Math.max(0, groupOf(last) - from + 1) }, (_, n) => from + n);
}

/**
 * The tasks of a queue that are not over, or have been for a short time only, a group at a time: none when there are
 * more groups than `most`.
 */
export async function* scanOpen(
  context: Context,
  queue: string,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Task[]> {
  const groups = await openGroups(context, queue);
  if (groups.length > most) return;
  yield* inOrder(groups, context.layout.requestsAtOnce, group => readGroup(context, queue, group));
}

function keyOf(queue: string, group: number): Key {
  return { partition: partitionOf(queue), sort: String(group).padStart(DIGITS, '0') };
}

function partitionOf(queue: string): string {
  return `task-groups/${queue}`;
}
