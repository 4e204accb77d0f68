import type { Context } from './context.ts';
import { deleteJob } from './delete-project.ts';
import type { Job } from './home.ts';
import { loadJob } from './load-job.ts';
import { restartJob } from './restart-project.ts';

/** Runs a job to its end; each may be run again at any time. */
export async function runJob(context: Context, { kind, project }: Job): Promise<void> {
  if (kind === 'load') await loadJob(context, project);
  else if (kind === 'restart') await restartJob(context, project);
  else await deleteJob(context, project);
}
