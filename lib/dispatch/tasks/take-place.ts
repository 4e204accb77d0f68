import { expire } from '../../domain/task/end.ts';
import type { Task } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import { commitTask } from './change-task.ts';
import { type Place, readPlaces, type StoredPlaces, writePlaces } from './places.ts';
import type { QueueRecord } from './queue-records.ts';
import { readTask, writeTask } from './task-items.ts';

/**
 * At most `concurrency` tasks of a queue run at once. A place is taken before the lease is written for which it is, and
 * goes when that lease has ended: so whatever crashes in between, no task runs without a place.
 */

/** Until when a queue has no place for a further task, ms since 1970; 0 = it has one, or one may be found. */
export async function fullUntil(context: Context, queue: QueueRecord): Promise<number> {
  if (queue.concurrency === null) return 0;
  const { places } = await readPlaces(context, queue.name);
  if (places.length < queue.concurrency) return 0;
  const lookAt = Math.min(...places.map(place => place.lookAt));
  return lookAt <= context.clock.now() ? 0 : lookAt;
}

/** Takes a place for the lease of a task that is about to be written. False: there is none. */
export function takePlace(context: Context, queue: QueueRecord, { number, lease }: Task): Promise<boolean> {
  const { concurrency, name } = queue;
  if (concurrency === null || !lease) return Promise.resolve(true);
  return untilWritten(context, `the places of queue ${name}`, async () => {
    const stored = await readPlaces(context, name);
    // Written even if it is there: whoever has found its time past must not take it away now.
    const others = stored.places.filter(place => place.number !== number || place.lease !== lease.id);
    const kept = others.length < concurrency ? others : await stillTaken(context, name, others);
    const isFree = kept.length < concurrency;
    const places = isFree ? [...kept, { number, lease: lease.id, lookAt: lease.deadline }] : kept;
    if (!isFree && isSame(kept, stored)) return { written: false };
    return (await writePlaces(context, name, places, stored.version)) ? { written: isFree } : undefined;
  });
}

function isSame(kept: readonly Place[], { places }: StoredPlaces): boolean {
  return kept.length === places.length && kept.every((place, n) => place.lookAt === places[n]?.lookAt);
}

async function stillTaken(context: Context, queue: string, places: readonly Place[]): Promise<Place[]> {
  const kept: Place[] = [];
  for (const place of places) {
    const lookAt = place.lookAt > context.clock.now() ? place.lookAt : await runsUntil(context, queue, place);
    if (lookAt !== undefined) kept.push({ ...place, lookAt });
  }
  return kept;
}

/**
 * The deadline of the lease that has a place, or undefined when it does not stand and never will: an overdue lease is
 * ended, and a task that is not leased yet is written once more, so that whoever is about to lease it must ask again.
 */
async function runsUntil(context: Context, queue: string, place: Place): Promise<number | undefined> {
  const task = await readTask(context, { queue, number: place.number });
  if (!task) return undefined;
  const { lease, version } = task;
  if (lease?.id === place.lease) {
    const expired = expire(task, context.clock.now());
    if (!expired) return lease.deadline;
    return (await commitTask(context, task, expired)) ? undefined : place.lookAt;
  }
  const mayStart = version + 1 === place.lease;
  return mayStart && !(await writeTask(context, task)) ? place.lookAt : undefined;
}
