import { type Block, READY } from '../domain/block/block.ts';
import type { Context } from './context.ts';
import type { ProjectRecord } from './project-record.ts';

/** Nobody works on a project for so long, though workers ask: what was learnt may keep them away. */
const LULL_MILLIS = 15 * 60_000;
/** A block is on trial for so long. */
const TRIAL_MILLIS = 5 * 60_000;
/** Workers that find nothing ask again within five minutes; that is noted twice a minute. */
const ASKING_MILLIS = 6 * 60_000;

/** What a sweep saw of the blocks it came by. */
export interface Looked {
  /** A file is reserved in one of them. */
  isWorkedOn: boolean;
  /** A block with a ready file. */
  ready: number | undefined;
}

export function look(looked: Looked, number: number, { leases, slots }: Block): void {
  if (leases.length > 0) looked.isWorkedOn = true;
  else if (slots.includes(READY)) looked.ready ??= number;
}

/**
 * How long a file takes is learnt from those that were done, and may be wrong: one that was held up for hours keeps
 * all workers away whose time is shorter, and nobody learns better. So when a project lies idle for long though workers
 * ask, a block is put on trial: to whom nothing would be given, one file of it is, as long as nobody else has one.
 */
export async function tryWhereIdle(
  { clock, lulls, projects }: Context,
  { id }: ProjectRecord,
  { isWorkedOn, ready }: Looked,
  askedAt: number,
): Promise<void> {
  const now = clock.now();
  if (isWorkedOn || now - askedAt > ASKING_MILLIS) return void lulls.delete(id);
  const since = lulls.get(id) ?? now;
  lulls.set(id, since);
  if (now - since < LULL_MILLIS || ready === undefined) return;
  lulls.delete(id);
  const trial = { block: ready, until: now + TRIAL_MILLIS };
  await projects.change(id, record => (record.state === 'active' ? { ...record, trial } : undefined));
}

export function isOnTrial({ trial }: ProjectRecord, number: number, { leases }: Block, now: number): boolean {
  return trial?.block === number && now < trial.until && leases.length === 0;
}
