import { type Changes, type Kind, planOf } from './plan.ts';
import { runPlan } from './run.ts';
import { count, newTally, type Tally } from './tally.ts';

/** Seeds one after the other: `seeds` of them from `first` on. */
export interface Range {
  readonly first: number;
  readonly seeds: number;
  /** What differs from the plans of the seeds. */
  readonly changes?: Changes | undefined;
  /** What all plans are to be about; absent = what their seeds say. */
  readonly kind?: Kind | undefined;
  /** So many seeds that broke something are enough. */
  readonly mostFailures: number;
}

export async function runRange(range: Range): Promise<Tally> {
  const { first, seeds, changes, kind, mostFailures } = range;
  const tally = newTally();
  for (let seed = first; seed < first + seeds && tally.failures.length < mostFailures; seed += 1)
    count(tally, await runPlan({ ...planOf(seed, kind), ...changes }));
  return tally;
}
