import { type Block, isClosed } from '../domain/block/block.ts';
import type { LeaseRoom } from '../domain/block/size.ts';
import { nextWake } from '../domain/block/wake.ts';
import { type ClosingNode, FAN_OUT, nodeState } from '../domain/closing.ts';
import { groupsOf, roomIn, scanGroups } from './blocks.ts';
import { closingsOf, endProject, recordClosed } from './close.ts';
import type { Context } from './context.ts';
import { isDeletionDue, startDeleting } from './delete-project.ts';
import { sweepOutgoing } from './events/outgoing.ts';
import { tellLateOfProject } from './events/project-events.ts';
import { sweepReplies } from './events/reply-queues.ts';
import { isInLane, type LaneRange, type ProjectRecord } from './project-record.ts';
import { expireBlock, reissueTicket } from './take.ts';
import { sweepTasks } from './tasks/sweep-tasks.ts';
import { moveProject } from './transitions.ts';
import { type Looked, look, tryWhereIdle } from './trial.ts';
import { sweepWorkers } from './workers/sweep-workers.ts';

/** A ticket this long overdue, in a lane where workers find none, is taken for lost. */
const LOST_MILLIS = 120_000;
/** Groups of blocks that a sweep looks at in one project, at most; those of a larger project come in turn. */
const MOST_GROUPS = 128;
const MINUTE_MILLIS = 60_000;
const PAGE = 100;
/** A manifest that is not uploaded within this time is not coming. */
const UPLOAD_MILLIS = 2 * 86_400_000;
/** A project whose files came inline and are not all written after this time: its request was cut off. */
const INLINE_MILLIS = 15 * 60_000;
/** The owner of a refused project can be told why for this long. */
const REFUSED_MILLIS = 2 * 86_400_000;

/** The periodic repair: takes up jobs that were cut off, and looks after projects and tasks that nobody asks about. */
export async function sweep(context: Context): Promise<void> {
  await sweepProjects(context);
  await sweepTasks(context);
  await sweepWorkers(context);
  await sweepReplies(context);
  await sweepOutgoing(context);
}

async function sweepProjects(context: Context): Promise<void> {
  for (let after = 0; ; ) {
    const records = await context.projects.list({ after, limit: PAGE });
    for (const record of records) {
      after = record.id;
      await sweepProject(context, record).catch(error =>
        context.warn(`the sweep of project ${record.id} failed`, error),
      );
    }
    if (records.length < PAGE) return;
  }
}

async function sweepProject(context: Context, record: ProjectRecord): Promise<void> {
  const { id, state } = record;
  if (state !== 'active') context.lulls.delete(id);
  if (record.outbox) await tellLateOfProject(context, record);
  if (state === 'deleting') return sweepDeleted(context, record);
  if (state === 'refused') return sweepRefused(context, record);
  if (state === 'loading') return sweepLoading(context, record);
  if (record.source) await context.startJob({ kind: 'load', project: id });
  if (record.restarting) return context.startJob({ kind: 'restart', project: id });
  if (state !== 'active') return;
  const seen = await context.activity.read(id);
  const isDry = ({ lane }: LaneRange) => context.clock.now() - (seen.dryAt[lane] ?? 0) < LOST_MILLIS;
  const looked = await sweepBlocks(context, record, record.lanes.filter(isDry));
  await tryWhereIdle(context, record, looked, seen.at);
  await abandonIfIdle(context, record, seen.at);
}

async function sweepDeleted(context: Context, record: ProjectRecord): Promise<void> {
  if (isDeletionDue(context, record)) await context.startJob({ kind: 'delete', project: record.id });
}

async function sweepRefused(context: Context, { id, endedAt }: ProjectRecord): Promise<void> {
  if (context.clock.now() - (endedAt ?? 0) > REFUSED_MILLIS) await startDeleting(context, id);
}

async function sweepLoading(context: Context, { id, source, createdAt }: ProjectRecord): Promise<void> {
  const age = context.clock.now() - createdAt;
  const waits = source?.kind === 'manifest' && !source.uploaded;
  if (source && !waits) return context.startJob({ kind: 'load', project: id });
  if (age > (waits ? UPLOAD_MILLIS : INLINE_MILLIS)) await startDeleting(context, id);
}

/**
 * Ends overdue leases, learns of requests that others answered, replaces tickets that were lost from dry lanes, and
 * records closings that were not. In a lane that has tickets they are not looked for: its files may be none for the
 * workers that ask. Where all blocks are closed, the project ends. Answers what it saw.
 */
async function sweepBlocks(
  context: Context,
  project: ProjectRecord,
  dryLanes: readonly LaneRange[],
): Promise<Looked> {
  const now = context.clock.now();
  const isDry = (number: number) => dryLanes.some(lane => isInLane(lane, number));
  const room = roomIn(context, project);
  const looked: Looked = { isWorkedOn: false, hasReady: false };
  const closings = await closingsOf(context, project);
  const open = groupsOf(project).filter(group => isOpen(closings.get(group)));
  if (open.length === 0) await endProject(context, project);
  for await (const { group, blocks } of scanGroups(context, project, groupsDue(open, now))) {
    for (const { number, block } of blocks) {
      look(looked, block);
      for (const lease of block.leases) context.requests.note(project.id, number, lease);
      if (isClosed(block)) await recordUnlessKnown(context, project, number, block, closings.get(group));
      else if (block.leases.some(({ deadline }) => deadline !== null && deadline <= now))
        await expireBlock(context, project, number, block);
      else if (isDry(number) && isOverdue(block, room, now))
        await reissueTicket(context, project, number, block);
    }
    await context.clock.sleep(0);
  }
  return looked;
}

function isOpen(node: ClosingNode | undefined): boolean {
  return !node || nodeState(node) === '.';
}

/**
 * The open groups whose turn it is, by the minute alone. The number of turns is a power of two: when it falls because
 * groups have closed, each group's turn comes at least as often as before.
 */
function groupsDue(open: readonly number[], now: number): number[] {
  const turns = 2 ** Math.ceil(Math.log2(Math.max(1, open.length / MOST_GROUPS)));
  return open.filter(group => group % turns === Math.floor(now / MINUTE_MILLIS) % turns);
}

/** Its worker may have died between the block's last write and the record of its closing. */
async function recordUnlessKnown(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
  node: ClosingNode | undefined,
): Promise<void> {
  if ((node?.children[number % FAN_OUT] ?? '.') === '.') await recordClosed(context, project, number, block);
}

function isOverdue(block: Block, room: LeaseRoom, now: number): boolean {
  return Math.max(block.wakeAt, nextWake(block, room)) < now - LOST_MILLIS;
}

async function abandonIfIdle(
  context: Context,
  { id, idleSeconds, activatedAt }: ProjectRecord,
  seenAt: number,
): Promise<void> {
  if (idleSeconds === null) return;
  const isIdle = (since: number) => context.clock.now() - Math.max(seenAt, since) >= idleSeconds * 1000;
  if (!isIdle(activatedAt)) return;
  await moveProject(context, id, 'abandon', record =>
    isIdle(record.activatedAt) ? { ...record, endedAt: context.clock.now() } : undefined,
  );
}
