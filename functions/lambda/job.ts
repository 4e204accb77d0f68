import type { Context as LambdaContext } from 'aws-lambda';
import * as z from 'zod';
import { ProjectId } from '../../lib/contract/words.ts';
import { runJobAlone } from '../../lib/dispatch/job-lock.ts';
import { awsContext } from '../wiring.ts';

/** A job may wait for a table that grows with what is asked of it; the pauses between attempts grow to 20 seconds. */
const ATTEMPTS = 10;

const JobEvent = z.strictObject({ kind: z.enum(['load', 'restart', 'delete']), project: ProjectId });

/** Runs a job as far as it gets; what is cut off is taken up again by the sweep. */
export async function handler(event: unknown, lambda: LambdaContext): Promise<void> {
  const context = awsContext({ maxAttempts: ATTEMPTS });
  await runJobAlone(context, JobEvent.parse(event), context.clock.now() + lambda.getRemainingTimeInMillis());
}
