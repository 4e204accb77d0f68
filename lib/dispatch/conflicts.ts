import type { Home } from './home.ts';
import { ProblemError } from './problem.ts';

const ATTEMPTS = 50;

/**
 * Repeats a read, decision and conditional write until the write is the first of its version.
 * `attempt` answers undefined when another write came first. Callers fall out of step by waiting: not at all after
 * the first lost race, then longer and at random. Fails with `busy`, naming `what` is in such demand.
 */
export async function untilWritten<T>(
  { clock, random }: Pick<Home, 'clock' | 'random'>,
  what: string,
  attempt: () => Promise<{ written: T } | undefined>,
): Promise<T> {
  for (let lost = 0; lost < ATTEMPTS; lost += 1) {
    const result = await attempt();
    if (result) return result.written;
    if (lost > 0) await clock.sleep(random() * Math.min(5 * 2 ** lost, 500));
  }
  throw new ProblemError('busy', `${what} is being changed by too many callers at once; try again`);
}
