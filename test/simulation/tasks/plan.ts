import { type CommonPlan, deadly, faultsOf, layoutsOf } from '../common-plan.ts';
import { Dice } from '../dice.ts';

/** Tasks of one queue or two, those who submit and run them, where it runs, and the weather. */
export interface TasksPlan extends CommonPlan {
  readonly kind: 'tasks';
  /** Tasks that are submitted, without the parts of those. */
  readonly tasks: number;
  readonly queues: number;
  /** Most attempts of a task, unless it is retried. */
  readonly taskAttempts: number;
  readonly taskBackoffSeconds: number;
  readonly timeoutSeconds: number | null;
  readonly cancelGraceSeconds: number;
  /** Most tasks of a queue that run at once; null = any number. */
  readonly limit: number | null;
  /** Events that the history of a task keeps. */
  readonly maxlen: number;
  /** The share of the tasks that are submitted as parts of others. */
  readonly parts: number;
  /** Whether somebody wants to hear of the tasks. */
  readonly replies: boolean;
  /** Whether functions run the tasks that the queues feed with tickets, and not workers that ask. */
  readonly isFed: boolean;
  /** What befalls the tasks, or their queues, while they run. */
  readonly meanwhile: 'nothing' | 'cancel' | 'pause' | 'all';
}

export function tasksPlanOf(seed: number): TasksPlan {
  const dice = new Dice(seed ^ 0x7a5c5);
  const home = dice.pick('machine', 'functions', 'functions');
  const erratic = dice.chance(0.35) ? 1 + dice.below(2) : 0;
  const some = faultsOf(dice);
  const hasSweep = dice.chance(0.7);
  return {
    kind: 'tasks',
    seed,
    home,
    erratic,
    hasSweep,
    faults: hasSweep || some.length === 0 ? some : deadly(some),
    intensity: hasSweep ? dice.pick(0.3, 1, 1, 2) : dice.pick(1, 2, 5),
    mostFaults: Number.MAX_SAFE_INTEGER,
    stormSeconds: dice.pick(10, 30, 60, 180),
    tasks: dice.pick(1, 1, 1, 2, 2, 2, 3, 3, 4, 6),
    queues: dice.pick(1, 1, 1, 2),
    workers: erratic === 0 ? dice.pick(1, 1, 2, 2, 3) : dice.below(3),
    concurrency: dice.pick(1, 1, 2, 3),
    leaseSeconds: dice.pick(10, 15, 30),
    timeoutSeconds: dice.pick(null, null, null, 20),
    cancelGraceSeconds: dice.pick(5, 20),
    taskAttempts: dice.pick(1, 2, 3),
    taskBackoffSeconds: dice.pick(0, 0, 1, 5, 20),
    limit: dice.pick(null, null, 1, 1, 2),
    maxlen: dice.pick(0, 1, 3, 100),
    parts: dice.pick(0, 0, 0.3),
    replies: dice.chance(0.6),
    badLuck: dice.pick(0.1, 0.1, 0.5),
    meanwhile: dice.pick('nothing', 'nothing', 'cancel', 'pause', 'all'),
    layouts: layoutsOf(home, dice),
    mostSkewMillis: dice.pick(100, 2_000, 5_000),
    // Of a ticket that a second function was given meanwhile nothing is left when the first one dies: the sweep helps.
    isFed: home === 'functions' && hasSweep && dice.chance(0.4),
  };
}
