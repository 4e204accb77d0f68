import { type CommonPlan, deadly, faultsOf, layoutsOf } from '../common-plan.ts';
import { Dice } from '../dice.ts';

/** A project, those who work on it, where it runs, and the weather. */
export interface ProjectPlan extends CommonPlan {
  readonly kind: 'project';
  readonly files: number;
  readonly lanes: number;
  readonly prefetch: number;
  readonly idleSeconds: number | null;
  readonly maxAttempts: number | null;
  readonly retryBackoffSeconds: number;
  readonly onLeaseExpiry: 'retry' | 'fail';
  readonly source: 'inline' | 'manifest' | 'copy';
  /** Whether handlers upload an output. */
  readonly outputs: boolean;
  /** What the owner does to the project meanwhile. */
  readonly meddling: 'nothing' | 'restart' | 'cancel';
  /** Whether leases have no end: then only their workers give files back. */
  readonly isEndless: boolean;
  /** Whether the project is deleted when it is over. */
  readonly isDeleted: boolean;
}

export function projectPlanOf(seed: number): ProjectPlan {
  const dice = new Dice(seed ^ 0x5eed);
  const home = dice.pick('machine', 'functions', 'functions');
  const erratic = dice.chance(0.35) ? 1 + dice.below(2) : 0;
  const meddling = dice.pick('nothing', 'nothing', 'nothing', 'restart', 'restart', 'cancel');
  const source = dice.chance(0.7) ? 'inline' : dice.pick('manifest', 'copy');
  const some = faultsOf(dice);
  // What was cut off is taken up by the sweep.
  const needsSweep = some.length > 0 && (meddling !== 'nothing' || source !== 'inline');
  const hasSweep = needsSweep || dice.chance(0.6);
  const faults = hasSweep || some.length === 0 ? some : deadly(some);
  const plan: ProjectPlan = {
    kind: 'project',
    seed,
    home,
    source,
    meddling,
    erratic,
    hasSweep,
    faults,
    intensity: hasSweep ? dice.pick(0.3, 1, 1, 2) : dice.pick(1, 2, 5),
    mostFaults: Number.MAX_SAFE_INTEGER,
    stormSeconds: dice.pick(10, 30, 60, 180),
    files: dice.pick(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 6, 12),
    lanes: dice.pick(1, 1, 1, 2),
    workers: erratic === 0 ? dice.pick(1, 1, 2, 2, 2, 3, 4) : dice.below(3),
    concurrency: dice.pick(1, 1, 2, 3),
    prefetch: dice.pick(0, 0, 1, 4),
    leaseSeconds: dice.pick(15, 20, 60),
    idleSeconds: hasSweep ? dice.pick(null, null, 30, 100) : null,
    maxAttempts: dice.pick(1, 2, 3, null, null),
    retryBackoffSeconds: dice.pick(0, 0, 1, 5, 20),
    onLeaseExpiry: dice.pick('retry', 'retry', 'retry', 'fail'),
    badLuck: dice.pick(0.1, 0.1, 0.5),
    outputs: dice.chance(0.15),
    layouts: layoutsOf(home, dice),
    mostSkewMillis: dice.pick(100, 2_000, 5_000),
    // Who forgets what it held would hold it for ever; and the ticket of a lease without an end comes up in half a day.
    isEndless: erratic === 0 && hasSweep && dice.chance(0.15),
    isDeleted: hasSweep && source !== 'copy' && dice.chance(0.1),
  };
  return hasSweep || faults.length === 0 ? plan : { ...plan, ...busyTickets(dice) };
}

/** Where only the tickets can help, they are to be moved often: files fail again and again. */
function busyTickets(dice: Dice): Partial<ProjectPlan> {
  return {
    badLuck: 0.5,
    files: dice.between(1, 4),
    workers: dice.between(1, 3),
    maxAttempts: dice.pick(4, null),
    retryBackoffSeconds: dice.pick(0, 1, 5),
    stormSeconds: dice.pick(30, 60, 180),
  };
}
