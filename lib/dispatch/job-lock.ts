import type { Context } from './context.ts';
import type { Job } from './home.ts';
import { runJob } from './jobs.ts';

/**
 * Runs a job unless another process is at it: the sweep asks for unfinished jobs every minute. `until` (ms since 1970)
 * is when this process is over; should it die, the job is free for others then.
 */
export async function runJobAlone(context: Context, job: Job, until: number): Promise<void> {
  const { store, clock } = context;
  const key = { partition: 'jobs', sort: `${job.kind}-${job.project}` };
  const lock = await store.get(key);
  if (lock && 'until' in lock.value && Number(lock.value.until) > clock.now()) return;
  if (!(await store.put(key, { until }, lock?.version ?? 0, { uselessAt: until }))) return;
  try {
    await runJob(context, job);
  } finally {
    await store.remove([key]);
  }
}
