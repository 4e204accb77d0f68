import * as z from 'zod';
import { untilWritten } from './conflicts.ts';
import type { Context } from './context.ts';
import type { Key } from './ports.ts';
import type { ProjectRecord } from './project-record.ts';

/** Slot → URLs of its replicas that cannot be used now. */
const Marks = z.record(z.string(), z.array(z.string()));
export type ReplicaMarks = z.infer<typeof Marks>;

const NONE: ReplicaMarks = {};

/** The unusable replicas of a block; only projects that ever had one marked pay for the look. */
export async function readMarks(
  context: Context,
  project: ProjectRecord,
  block: number,
): Promise<ReplicaMarks> {
  if (!project.hasMarks) return NONE;
  const item = await context.store.get(marksKey(project.id, block));
  return item ? Marks.parse(item.value) : NONE;
}

export async function markReplica(
  context: Context,
  project: ProjectRecord,
  { block, slot }: { block: number; slot: number },
  { url, available }: { url: string; available: boolean },
): Promise<void> {
  if (!project.hasMarks) await context.projects.change(project.id, record => ({ ...record, hasMarks: true }));
  const key = marksKey(project.id, block);
  await untilWritten(context, `the replicas of block ${block}`, async () => {
    const item = await context.store.get(key);
    const marks = item ? Marks.parse(item.value) : {};
    const others = (marks[slot] ?? []).filter(marked => marked !== url);
    const changed = { ...marks, [slot]: available ? others : [...others, url] };
    return (await context.store.put(key, changed, item?.version ?? 0)) ? { written: true } : undefined;
  });
}

function marksKey(project: number, block: number): Key {
  return { partition: marksPartition(project), sort: String(block).padStart(5, '0') };
}

export function marksPartition(project: number): string {
  return `p${project}/marks`;
}
