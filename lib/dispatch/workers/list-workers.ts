import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { ShownWorker } from '../../contract/workers.ts';
import type { Call, Context } from '../context.ts';
import { idOf, partitionOf, WORKER_PARTITIONS, workersIn } from './worker-records.ts';

/** A worker that missed three of its words in a row. */
const SILENT_MILLIS = 3 * 60_000;

/** Lists the workers that are known, of one queue or of all. */
export async function listWorkers(
  context: Context,
  _call: Call,
  { queue, after, limit }: RouteRequest<'listWorkers'>,
): Promise<RouteReply<'listWorkers'>> {
  const workers: ShownWorker[] = [];
  const now = context.clock.now();
  const first = after === undefined ? 0 : partitionOf(after);
  for (let partition = first; partition < WORKER_PARTITIONS; partition += 1)
    for await (const record of workersIn(context, partition, partition === first ? after : undefined)) {
      if (queue !== undefined && !record.queues.includes(queue)) continue;
      const last = workers.at(-1);
      if (last && workers.length === limit) return { workers, next: idOf(last) };
      const state = now - record.seenAt < SILENT_MILLIS ? 'active' : 'silent';
      workers.push({ ...record, state });
    }
  return { workers };
}
