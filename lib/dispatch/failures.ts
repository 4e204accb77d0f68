import * as z from 'zod';
import type { ExpiredSlot } from '../domain/block/expire.ts';
import type { Context } from './context.ts';
import type { Key } from './ports.ts';
import type { ProjectRecord } from './project-record.ts';

/** A file's last failure, kept beside the block: for people, never for decisions. */
const Failure = z.object({
  at: z.number(),
  attempt: z.number(),
  worker: z.string(),
  reason: z.string(),
});
export type Failure = z.infer<typeof Failure>;

/** Notes a failure, written before the block; a note whose attempt the block does not bear out is not shown. */
export async function recordFailure(
  context: Context,
  project: ProjectRecord,
  block: number,
  slot: number,
  failure: Failure,
): Promise<void> {
  const key = failureKey(project.id, block, slot);
  const item = await context.store.get(key);
  await context.store.put(key, failure, item?.version ?? 0);
}

/** Notes the files that failed because their lease ran out with no attempt left. */
export async function recordExpired(
  context: Context,
  project: ProjectRecord,
  block: number,
  failed: readonly ExpiredSlot[],
): Promise<void> {
  for (const { slot, worker, attempt } of failed)
    await recordFailure(context, project, block, slot, {
      at: context.clock.now(),
      attempt,
      worker,
      reason: 'the lease ran out',
    });
}

export async function readFailures(
  context: Context,
  project: ProjectRecord,
  block: number,
): Promise<Map<number, Failure>> {
  const items = await context.store.list(failurePartition(project.id, block), { limit: 256 });
  return new Map(items.map(({ key, value }) => [Number(key.sort), Failure.parse(value)]));
}

export function failurePartition(project: number, block: number): string {
  return `p${project}/failures/${block}`;
}

function failureKey(project: number, block: number, slot: number): Key {
  return { partition: failurePartition(project, block), sort: String(slot).padStart(3, '0') };
}
