import { cost } from '../../check/cost.ts';
import type { ProjectSimulation } from '../simulation.ts';
import { answersTheirOwn, noFaultOfOurs } from './answers.ts';
import { attempts, backoff, expiryFails, leases, restartedAnew } from './attempts.ts';
import { final, notEarly, prompt } from './ending.ts';
import { factsOf } from './facts.ts';
import { gone } from './gone.ts';
import { absorbing, exclusive, fence, fencedByRestart, honoured, once, repeats, unique } from './order.ts';
import { outputs } from './outputs.ts';
import { caseOf, type Rule } from './rules.ts';

const RULES: Readonly<Record<string, Rule>> = {
  ...{ fence, once, absorbing, exclusive, honoured, fencedByRestart, repeats, unique },
  ...{ attempts, backoff, leases, expiryFails, restartedAnew },
  ...{ notEarly, prompt, final, outputs, noFaultOfOurs, answersTheirOwn },
};

/** What a run broke, each with the name of its rule; nothing of it knows how Sluice is made. */
export function brokenInProject(simulation: ProjectSimulation): string[] {
  const { plan, world, project, isEnded } = simulation;
  const facts = factsOf(world.history.operations, project, plan.faults.length === 0);
  const given = caseOf(plan, facts, world.weather.injected);
  const broken = world.wrongs.map(wrong => `wrong: ${wrong}`);
  if (!isEnded && broken.length === 0) broken.push('liveness: the project has not ended in time');
  for (const [name, rule] of Object.entries(RULES)) {
    // What can be told only in the end.
    if (!isEnded && (rule === final || rule === outputs)) continue;
    for (const what of rule(given)) broken.push(`${name}: ${what}`);
  }
  if (!isEnded) return broken;
  for (const what of cost(world, plan.files)) broken.push(`cost: ${what}`);
  for (const what of gone(simulation)) broken.push(`gone: ${what}`);
  return broken;
}
