import type * as z from 'zod';
import { ShownWorker } from '../../contract/workers.ts';
import { hash64 } from '../../domain/hash.ts';
import type { Context } from '../context.ts';
import type { Item, Key } from '../ports.ts';

/** What is stored of a worker: one small item, which nobody else writes. */
const WorkerRecord = ShownWorker.omit({ state: true });
export type WorkerRecord = z.infer<typeof WorkerRecord>;

/** Workers stand in so many partitions, or the minute's word of a hundred thousand would be too much for one. */
export const WORKER_PARTITIONS = 16;
const PAGE = 1000;

/** Overwrites what was known; that two of one name overtake each other does no harm. */
export async function putWorker(context: Context, record: WorkerRecord): Promise<void> {
  const key = keyOf(idOf(record));
  const stored = await context.store.get(key);
  await context.store.put(key, record, stored?.version ?? 0);
}

/** The workers of a partition, after one of them, in the order of their ids. */
export async function* workersIn(
  context: Context,
  partition: number,
  after?: string,
): AsyncGenerator<WorkerRecord> {
  for (let last = after; ; ) {
    const items: readonly Item[] = await context.store.list(nameOf(partition), {
      ...(last !== undefined && { after: last }),
      limit: PAGE,
    });
    for (const { value } of items) yield WorkerRecord.parse(value);
    if (items.length < PAGE) return;
    last = items.at(-1)?.key.sort;
  }
}

export async function removeWorkers(context: Context, records: readonly WorkerRecord[]): Promise<void> {
  await context.store.remove(records.map(record => keyOf(idOf(record))));
}

/** Ids of workers are their callers' own: nobody can speak for another one's worker. */
export function idOf({ user, worker }: Pick<WorkerRecord, 'user' | 'worker'>): string {
  return `${user}/${worker}`;
}

export function partitionOf(id: string): number {
  return hash64(id).low % WORKER_PARTITIONS;
}

function keyOf(id: string): Key {
  return { partition: nameOf(partitionOf(id)), sort: id };
}

function nameOf(partition: number): string {
  return `workers/${partition}`;
}
