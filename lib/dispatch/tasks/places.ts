import * as z from 'zod';
import type { TaskPlace } from '../../domain/task/id.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import type { Key } from '../ports.ts';
import { doorOf } from './queue-records.ts';

/** A lease for which a queue has room: whoever finds its time past looks whether it still stands. */
const Place = z.object({ number: z.int(), lease: z.int(), lookAt: z.number() });
export type Place = z.infer<typeof Place>;

const Places = z.object({ places: z.array(Place) });

export interface StoredPlaces {
  readonly places: readonly Place[];
  readonly version: number;
}

export async function readPlaces(context: Context, queue: string): Promise<StoredPlaces> {
  const item = await context.store.get(keyOf(queue));
  return item ? { ...Places.parse(item.value), version: item.version } : { places: [], version: 0 };
}

export function writePlaces(
  context: Context,
  queue: string,
  places: readonly Place[],
  version: number,
): Promise<boolean> {
  return context.store.put(keyOf(queue), { places }, version);
}

/** Gives back the place of a lease that has ended, where its queue has such, and lets those know who wait for one. */
export async function freePlace(
  context: Context,
  { queue, number }: TaskPlace,
  lease: number,
): Promise<void> {
  const record = await context.queues.find(queue);
  if (!record || record.concurrency === null) return;
  await untilWritten(context, `the places of queue ${queue}`, async () => {
    const { places, version } = await readPlaces(context, queue);
    const others = places.filter(place => !(place.number === number && place.lease === lease));
    if (others.length === places.length) return { written: true };
    return (await writePlaces(context, queue, others, version)) ? { written: true } : undefined;
  });
  context.tickets.bell?.ring(doorOf(queue));
}

export async function forgetPlaces(context: Context, queue: string): Promise<void> {
  await context.store.remove([keyOf(queue)]);
}

function keyOf(queue: string): Key {
  return { partition: 'places', sort: queue };
}
