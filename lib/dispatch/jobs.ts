import type { Context } from './context.ts';
import { deleteJob } from './delete-project.ts';
import type { Job } from './home.ts';
import { loadJob } from './load-job.ts';
import { isUnknownProject } from './project-record.ts';
import { restartJob } from './restart-project.ts';

/** Runs a job to its end; each may be run again at any time. A project that is deleted needs none. */
export async function runJob(context: Context, job: Job): Promise<void> {
  try {
    await run(context, job);
  } catch (error) {
    if (!isUnknownProject(error)) throw error;
  }
}

async function run(context: Context, { kind, project }: Job): Promise<void> {
  if (kind === 'load') await loadJob(context, project);
  else if (kind === 'restart') await restartJob(context, project);
  else await deleteJob(context, project);
}
