import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { closingLevels } from '../domain/closing.ts';
import { activityKey } from './activity.ts';
import { blockPartitions } from './blocks.ts';
import { closingPartition } from './close.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { manifestKey } from './create-project.ts';
import { emptyPartition } from './empty-partition.ts';
import { failurePartition } from './failures.ts';
import { removeIndex } from './locate.ts';
import { outputFolder } from './output.ts';
import { blocksOf, type ProjectRecord, queueOf } from './project-record.ts';
import { marksPartition } from './replica-marks.ts';
import { notesPartition } from './survey-notes.ts';
import { moveProject } from './transitions.ts';

/** What began before a project was deleted may still write something, but goes on for no longer than this. */
const LATE_MILLIS = 15 * 60_000;

/** Deletes a project: at once for its users, then piece by piece. */
export async function deleteProject(
  context: Context,
  call: Call,
  request: RouteRequest<'deleteProject'>,
): Promise<RouteReply<'deleteProject'>> {
  const { id } = await projectToManage(context, call, request.project);
  await startDeleting(context, id);
  return { deleted: id };
}

export async function startDeleting(context: Context, id: number): Promise<void> {
  await moveProject(context, id, 'delete', record => ({
    ...record,
    deleted: record.deleted ?? { at: context.clock.now(), emptied: false },
  }));
  await context.startJob({ kind: 'delete', project: id });
}

/** Whether there is something to remove of a deleted project: at first all, then what came late. */
export function isDeletionDue({ clock }: Context, { deleted }: ProjectRecord): boolean {
  return !deleted?.emptied || clock.now() - deleted.at >= LATE_MILLIS;
}

/**
 * Removes all that is kept of a deleted project; may be run again at any time. Its record goes last, and only when
 * nothing can come late any more.
 */
export async function deleteJob(context: Context, id: number): Promise<void> {
  const { record } = await context.projects.readNow(id);
  if (record.state !== 'deleting') return;
  for (const { lane } of record.lanes) await context.tickets.drop(queueOf(record, lane));
  await context.files.remove(manifestKey(id));
  await context.files.remove(outputFolder(id));
  for (const partition of partitionsOf(record)) await emptyPartition(context, partition);
  await context.catalogue.remove(record, blocksOf(record));
  await removeIndex(context, record);
  context.durations.forget(id);
  context.activity.forget(id);
  await context.store.remove([activityKey(id)]);
  if (context.clock.now() - (record.deleted?.at ?? 0) >= LATE_MILLIS) await context.projects.remove(id);
  else
    await context.projects.change(
      id,
      now => now.deleted && { ...now, deleted: { ...now.deleted, emptied: true } },
    );
}

function* partitionsOf(project: ProjectRecord): Generator<string> {
  const blocks = blocksOf(project);
  yield* blockPartitions(project.id, blocks);
  for (const level of closingLevels(blocks).keys()) yield closingPartition(project.id, level);
  for (let block = 0; block < blocks; block += 1) yield failurePartition(project.id, block);
  yield marksPartition(project.id);
  yield notesPartition(project.id);
}
