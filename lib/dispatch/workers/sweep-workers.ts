import type { Context } from '../context.ts';
import { removeWorkers, WORKER_PARTITIONS, type WorkerRecord, workersIn } from './worker-records.ts';

/** A worker that was not heard of for so long is forgotten. */
const FORGOTTEN_MILLIS = 86_400_000;
const MINUTE_MILLIS = 60_000;
const PAGE = 64;

/** Forgets workers that are gone: those of one partition, each partition in its minute. */
export async function sweepWorkers(context: Context): Promise<void> {
  const now = context.clock.now();
  let gone: WorkerRecord[] = [];
  for await (const record of workersIn(context, Math.floor(now / MINUTE_MILLIS) % WORKER_PARTITIONS)) {
    if (now - record.seenAt < FORGOTTEN_MILLIS) continue;
    gone.push(record);
    if (gone.length < PAGE) continue;
    await removeWorkers(context, gone);
    gone = [];
  }
  if (gone.length > 0) await removeWorkers(context, gone);
}
