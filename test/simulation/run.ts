import type { Fault } from './faults.ts';
import type { Plan } from './plan.ts';
import { brokenInProject } from './projects/check/index.ts';
import { ProjectSimulation } from './projects/simulation.ts';
import { brokenInTasks } from './tasks/check/index.ts';
import { TaskSimulation } from './tasks/simulation.ts';

/** What came of a plan. */
export interface Outcome {
  readonly plan: Plan;
  /** What it broke, each beginning with the name of the rule. */
  readonly broken: readonly string[];
  readonly injected: readonly Fault[];
  readonly requests: number;
  readonly portCalls: number;
  /** All that happened, a line each, and what stands for it; nothing unless it was asked for. */
  readonly lines: readonly string[];
  readonly hash: string;
}

/** Runs a plan to its end. The same plan always comes to the same. */
export async function runPlan(plan: Plan, { isWritten = false } = {}): Promise<Outcome> {
  const simulation =
    plan.kind === 'project'
      ? new ProjectSimulation(plan, { isWritten })
      : new TaskSimulation(plan, { isWritten });
  await simulation.run();
  const { world } = simulation;
  return {
    plan,
    broken: simulation instanceof TaskSimulation ? brokenInTasks(simulation) : brokenInProject(simulation),
    injected: world.weather.injected,
    requests: world.history.operations.length,
    portCalls: world.portCalls,
    lines: world.history.lines,
    hash: isWritten ? world.history.hash : '',
  };
}
