import type { Task } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import { scanOpen } from './groups.ts';
import { freePlace, type Place, readPlaces, writePlaces } from './places.ts';
import type { QueueRecord } from './queue-records.ts';
import { readTask } from './task-items.ts';

/** Gives places to all that runs of a queue: to what was begun before the queue was given its limit. */
export async function countRunning(context: Context, queue: QueueRecord): Promise<void> {
  if (queue.concurrency === null) return;
  for await (const group of scanOpen(context, queue.name)) await countIn(context, queue, group);
}

/** Gives a place to each of these tasks that is run and has none. */
export async function countIn(
  context: Context,
  { name, concurrency }: QueueRecord,
  tasks: readonly Task[],
): Promise<void> {
  const running = tasks.flatMap(({ number, lease }): Place[] =>
    lease ? [{ number, lease: lease.id, lookAt: lease.deadline }] : [],
  );
  if (concurrency === null || running.length === 0) return;
  const added = await untilWritten(context, `the places of queue ${name}`, async () => {
    const { places, version } = await readPlaces(context, name);
    const missing = running.filter(
      ({ number, lease }) => !places.some(place => place.number === number && place.lease === lease),
    );
    if (missing.length === 0) return { written: missing };
    return (await writePlaces(context, name, [...places, ...missing], version))
      ? { written: missing }
      : undefined;
  });
  // What has ended since gave its place back before it had one.
  for (const { number, lease } of added) {
    const place = { queue: name, number };
    if ((await readTask(context, place))?.lease?.id !== lease) await freePlace(context, place, lease);
  }
}
