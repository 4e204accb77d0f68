import { isClosed } from '../domain/block/block.ts';
import { nextWake } from '../domain/block/wake.ts';
import { scanBlocks } from './blocks.ts';
import { endIfClosed, recordClosed } from './close.ts';
import type { Context } from './context.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
import { expireBlock, reissueTicket } from './take.ts';
import { moveProject } from './transitions.ts';

/** A ticket this long overdue while workers find none is taken for lost. */
const LOST_MILLIS = 120_000;
const PAGE = 100;
/** A manifest that is not uploaded within this time is not coming. */
const UPLOAD_MILLIS = 2 * 86_400_000;

/** The periodic repair: takes up jobs that were cut off, and looks after projects that nobody asks about. */
export async function sweep(context: Context): Promise<void> {
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
  if (state === 'deleting') return context.startJob({ kind: 'delete', project: id });
  if (state === 'loading') return sweepLoading(context, record);
  if (record.restarting) return context.startJob({ kind: 'restart', project: id });
  if (state !== 'active') return;
  const seen = await context.activity.read(id);
  const starving = context.clock.now() - seen.starvedAt < LOST_MILLIS;
  await sweepBlocks(context, record, starving);
  await endIfClosed(context, record);
  await abandonIfIdle(context, record, seen.at);
}

async function sweepLoading(context: Context, { id, source, createdAt }: ProjectRecord): Promise<void> {
  const waiting = source?.kind === 'manifest' && !source.uploaded;
  const abandoned = !source || (waiting && context.clock.now() - createdAt > UPLOAD_MILLIS);
  if (abandoned) {
    await moveProject(context, id, 'delete');
    await context.startJob({ kind: 'delete', project: id });
  } else if (!waiting) await context.startJob({ kind: 'load', project: id });
}

/** Ends overdue leases, records closings that a crash left out, and replaces tickets that were lost. */
async function sweepBlocks(context: Context, project: ProjectRecord, starving: boolean): Promise<void> {
  const now = context.clock.now();
  for await (const blocks of scanBlocks(context, project, blocksOf(project))) {
    for (const { number, block } of blocks) {
      if (isClosed(block)) await recordClosed(context, project, number, block);
      else if (block.leases.some(({ deadline }) => deadline !== null && deadline <= now))
        await expireBlock(context, project, number, block);
      else if (starving && isOverdue(context, block, now))
        await reissueTicket(context, project, number, block);
    }
    await context.clock.sleep(0);
  }
}

function isOverdue(context: Context, block: Parameters<typeof nextWake>[0], now: number): boolean {
  return Math.max(block.wakeAt, nextWake(block, context.layout.maxLeases)) < now - LOST_MILLIS;
}

async function abandonIfIdle(
  context: Context,
  { id, idleSeconds, activatedAt }: ProjectRecord,
  seenAt: number,
): Promise<void> {
  if (idleSeconds === null) return;
  const idleSince = Math.max(seenAt, activatedAt);
  if (context.clock.now() - idleSince < idleSeconds * 1000) return;
  await moveProject(context, id, 'abandon', record => ({ ...record, endedAt: context.clock.now() }));
}
