import type { Context } from './context.ts';
import type { Job } from './home.ts';
import { runJob } from './jobs.ts';
import type { Key } from './ports.ts';

/** A job is its process's for so long, and longer when the process says that it is still at it. */
const HELD_MILLIS = 120_000;
const RENEWED_MILLIS = 30_000;

/**
 * Runs a job unless another process is at it: the sweep asks for unfinished jobs every minute. `end` (ms since 1970) is
 * when this process is over. Should it die before, the job is free for others two minutes later at most.
 */
export async function runJobAlone(context: Context, job: Job, end: number): Promise<void> {
  const key = { partition: 'jobs', sort: `${job.kind}-${job.project}` };
  const by = context.newId();
  const take = () => hold(context, key, by, end);
  if (!(await take())) return;
  const over = new AbortController();
  const held = keepHeld(context, take, over.signal);
  try {
    await runJob(context, job);
  } finally {
    over.abort();
    if (await held) await context.store.remove([key]);
  }
}

/** Answers whether the job is the process's now. */
async function hold({ store, clock }: Context, key: Key, by: string, end: number): Promise<boolean> {
  const lock = await store.get(key);
  if (lock && 'until' in lock.value && lock.value.by !== by && Number(lock.value.until) > clock.now())
    return false;
  const until = Math.min(clock.now() + HELD_MILLIS, end);
  return store.put(key, { by, until }, lock?.version ?? 0, { uselessAt: until });
}

/** Holds a job until it is over, and answers whether it was the process's to the last. */
async function keepHeld(
  { clock }: Context,
  take: () => Promise<boolean>,
  over: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await clock.sleep(RENEWED_MILLIS, over);
    if (over.aborted) return true;
    // One that fails is made up for by the next.
    const isHeld = await take().catch(() => true);
    if (!isHeld) return false;
  }
}
