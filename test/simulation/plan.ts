import { Dice } from './dice.ts';
import { type ProjectPlan, projectPlanOf } from './projects/plan.ts';
import { type TasksPlan, tasksPlanOf } from './tasks/plan.ts';

/** What a seed stands for. */
export type Plan = ProjectPlan | TasksPlan;
export type Kind = Plan['kind'];

/** What differs from the plans of seeds. */
export type Changes = Partial<Omit<ProjectPlan, 'kind'>> & Partial<Omit<TasksPlan, 'kind'>>;

/** How many of the seeds are about tasks. */
const TASKS_SHARE = 0.4;

/** The plan of a seed; `kind`: what it is to be about, whatever the seed says. */
export function planOf(seed: number, kind: Kind = kindOf(seed)): Plan {
  return kind === 'project' ? projectPlanOf(seed) : tasksPlanOf(seed);
}

function kindOf(seed: number): Kind {
  return new Dice(seed ^ 0x7a5c).chance(TASKS_SHARE) ? 'tasks' : 'project';
}
