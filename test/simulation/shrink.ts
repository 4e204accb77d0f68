import type { Changes, Plan } from './plan.ts';
import type { ProjectPlan } from './projects/plan.ts';
import { type Outcome, runPlan } from './run.ts';
import type { TasksPlan } from './tasks/plan.ts';

/** Ways to make a plan smaller, the most telling first. */
function* smaller(plan: Plan): Generator<Changes> {
  for (let most = 0; most < 8; most += 1) if (plan.mostFaults > most) yield { mostFaults: most };
  if (plan.mostFaults > 32) yield { mostFaults: 32 };
  for (const fault of plan.faults) yield { faults: plan.faults.filter(other => other !== fault) };
  yield* plan.kind === 'project' ? smallerProject(plan) : smallerTasks(plan);
  if (plan.erratic > 0) yield { erratic: plan.erratic - 1, workers: Math.max(plan.workers, 1) };
  if (plan.workers > 1) yield { workers: plan.workers - 1 };
  if (plan.concurrency > 1) yield { concurrency: 1 };
  if (plan.stormSeconds > 10) yield { stormSeconds: 10 };
}

function* smallerProject(plan: ProjectPlan): Generator<Changes> {
  if (plan.meddling !== 'nothing') yield { meddling: 'nothing' };
  if (plan.source !== 'inline') yield { source: 'inline' };
  if (plan.outputs) yield { outputs: false };
  if (plan.isEndless) yield { isEndless: false };
  if (plan.isDeleted) yield { isDeleted: false };
  if (plan.lanes > 1) yield { lanes: 1 };
  for (let files = 1; files < plan.files; files += 1) yield { files };
  if (plan.prefetch > 0) yield { prefetch: 0 };
}

function* smallerTasks(plan: TasksPlan): Generator<Changes> {
  if (plan.meanwhile !== 'nothing') yield { meanwhile: 'nothing' };
  if (plan.replies) yield { replies: false };
  if (plan.parts > 0) yield { parts: 0 };
  if (plan.queues > 1) yield { queues: 1 };
  for (let tasks = 1; tasks < plan.tasks; tasks += 1) yield { tasks };
  if (plan.limit !== null) yield { limit: null };
  if (plan.timeoutSeconds !== null) yield { timeoutSeconds: null };
}

/** Other seeds tried with each smaller plan: what happens in another order may be shorter to tell. */
const OTHER_SEEDS = 3;

/** The smallest plan found that breaks the same rule, and what comes of it. */
export async function shrink(plan: Plan): Promise<Outcome> {
  let best = await runPlan(plan, { isWritten: true });
  const rule = ruleOf(best);
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const change of smaller(best.plan)) {
      const found = await firstBroken({ ...best.plan, ...change }, rule);
      if (!found) continue;
      best = found;
      isSmaller = true;
      break;
    }
  }
  return best;
}

async function firstBroken(plan: Plan, rule: string | undefined): Promise<Outcome | undefined> {
  for (let n = 0; n <= OTHER_SEEDS; n += 1) {
    const outcome = await runPlan({ ...plan, seed: plan.seed + n * 1_000_003 }, { isWritten: true });
    if (ruleOf(outcome) === rule) return outcome;
  }
  return undefined;
}

function ruleOf({ broken: [first] }: Outcome): string | undefined {
  return first?.split(':')[0];
}
