import { type Block, READY } from '../domain/block/block.ts';
import type { Context } from './context.ts';
import type { ProjectRecord } from './project-record.ts';

/** Nobody works on a project for so long, though workers ask: what was learnt may keep them away. */
const LULL_MILLIS = 15 * 60_000;
/** A trial lasts so long. */
const TRIAL_MILLIS = 5 * 60_000;
/** Workers that find nothing ask again within five minutes; that is noted twice a minute. */
const ASKING_MILLIS = 6 * 60_000;

/** What a sweep saw of the blocks it came by. */
export interface Looked {
  /** A file is reserved in one of them. */
  isWorkedOn: boolean;
  /** A file is ready in one of them. */
  hasReady: boolean;
}

export function look(looked: Looked, { leases, slots }: Block): void {
  if (leases.length > 0) looked.isWorkedOn = true;
  if (slots.includes(READY)) looked.hasReady = true;
}

/**
 * How long a file takes is learnt from those that were done, and may be wrong: one that was held up for hours keeps
 * all workers away whose time is shorter, and nobody learns better. So when a project lies idle for long though workers
 * ask, there is a trial: the first worker to whom nothing would be given for that reason is given a file, and so is
 * who asks for files of the same block when that one is done.
 */
export async function tryWhereIdle(
  { clock, lulls, projects }: Context,
  { id }: ProjectRecord,
  { isWorkedOn, hasReady }: Looked,
  askedAt: number,
): Promise<void> {
  const now = clock.now();
  if (isWorkedOn || now - askedAt > ASKING_MILLIS) return void lulls.delete(id);
  const since = lulls.get(id) ?? now;
  lulls.set(id, since);
  if (now - since < LULL_MILLIS || !hasReady) return;
  lulls.delete(id);
  const trial = { until: now + TRIAL_MILLIS };
  await projects.change(id, record => (record.state === 'active' ? { ...record, trial } : undefined));
}

/**
 * Whether a file of a block that nobody works on may be handed out on trial; if there is a trial that has no block yet,
 * it is this one.
 */
export async function mayTry(
  { clock, projects }: Context,
  project: ProjectRecord,
  number: number,
): Promise<boolean> {
  const now = clock.now();
  const current = ({ trial }: ProjectRecord) => (trial && now < trial.until ? trial : undefined);
  const known = current(project);
  if (!known) return false;
  if (known.block !== undefined) return known.block === number;
  const { trial } = await projects.change(project.id, record => {
    const open = current(record);
    return open && open.block === undefined ? { ...record, trial: { ...open, block: number } } : undefined;
  });
  return trial?.block === number;
}
