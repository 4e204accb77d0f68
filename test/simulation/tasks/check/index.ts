import { cost } from '../../check/cost.ts';
import type { TaskSimulation } from '../simulation.ts';
import { noFaultOfOurs } from './answers.ts';
import { attempts, backoff, notBefore } from './attempts.ts';
import { final } from './ending.ts';
import { factsOf } from './facts.ts';
import { exclusive, fence, honoured, lengths, named, once, repeats, unique } from './leases.ts';
import { counts, limit, paused } from './queues.ts';
import { causes, ending, inOrder, sameById } from './replies.ts';
import { caseOf, type Rule } from './rules.ts';
import { countedUp, oneEach, parts, states, wanted } from './states.ts';
import { history, results } from './told.ts';

const RULES: Readonly<Record<string, Rule>> = {
  ...{ states, countedUp, wanted, parts, oneEach, results, noFaultOfOurs },
  ...{ fence, once, repeats, exclusive, honoured, unique, lengths, named },
  ...{ attempts, backoff, notBefore, limit, paused },
  ...{ sameById, inOrder, causes },
};

/** What can be told only in the end. */
const IN_THE_END: Readonly<Record<string, Rule>> = { final, history, counts, ending };

/** What a run broke, each with the name of its rule; nothing of it knows how Sluice is made. */
export function brokenInTasks({ plan, world, isEnded }: TaskSimulation): string[] {
  const { operations, deliveries } = world.history;
  const given = caseOf(
    plan,
    factsOf(operations, deliveries, plan.faults.length === 0),
    world.weather.injected,
  );
  const broken = world.wrongs.map(wrong => `wrong: ${wrong}`);
  if (!isEnded && broken.length === 0) broken.push('liveness: not all tasks have ended in time');
  for (const [name, rule] of Object.entries({ ...RULES, ...(isEnded && IN_THE_END) }))
    for (const what of rule(given)) broken.push(`${name}: ${what}`);
  if (isEnded) for (const what of cost(world, given.sights.size)) broken.push(`cost: ${what}`);
  return broken;
}
