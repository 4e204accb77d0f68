import { type Plan, planOf } from './plan.ts';
import { runPlan } from './run.ts';
import { count, newTally, type Tally } from './tally.ts';

/** Seeds one after the other: every `step`-th from `first` on, `seeds` of them, not beyond `endsAt` (ms since 1970). */
export interface Range {
  readonly first: number;
  readonly step: number;
  readonly seeds: number;
  readonly endsAt: number;
  /** What differs from the plans of the seeds. */
  readonly changes: Partial<Plan>;
  /** So many seeds that broke something are enough. */
  readonly mostFailures: number;
}

export async function runRange(range: Range): Promise<Tally> {
  const { first, step, seeds, endsAt, changes, mostFailures } = range;
  const tally = newTally();
  for (let n = 0; n < seeds; n += 1) {
    if (Date.now() > endsAt || tally.failures.length === mostFailures) break;
    count(tally, await runPlan({ ...planOf(first + n * step), ...changes }));
  }
  return tally;
}
