import { sweep } from '../../lib/dispatch/sweep.ts';
import { awsContext } from '../wiring.ts';

/** The periodic repair; invoked every minute, and at any other time. */
export async function handler(): Promise<void> {
  await sweep(awsContext());
}
