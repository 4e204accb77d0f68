import type { Layout } from '../../lib/dispatch/home.ts';
import { Dice } from './dice.ts';
import { ALL_FAULTS, type Fault } from './faults.ts';
import type { Climate } from './weather.ts';

/** What a seed stands for: a project, those who work on it, where it runs, and the weather. */
export interface Plan extends Climate {
  readonly seed: number;
  readonly files: number;
  readonly lanes: number;
  /** Workers of `lib/worker`. */
  readonly workers: number;
  /** Workers that do all that callers may do, in any order. */
  readonly erratic: number;
  readonly concurrency: number;
  readonly prefetch: number;
  readonly leaseSeconds: number;
  readonly idleSeconds: number | null;
  readonly maxAttempts: number | null;
  readonly retryBackoffSeconds: number;
  readonly onLeaseExpiry: 'retry' | 'fail';
  readonly source: 'inline' | 'manifest' | 'copy';
  /** The share of attempts that fail and are to be tried again. */
  readonly badLuck: number;
  /** Whether handlers upload an output. */
  readonly outputs: boolean;
  /** What the owner does to the project meanwhile. */
  readonly meddling: 'nothing' | 'restart' | 'cancel';
  /** One process that remembers and rings, as on one machine; or several, as on AWS. */
  readonly home: 'machine' | 'functions';
  /** Of the version that is deployed, and of the other one. */
  readonly layouts: readonly [Layout, Layout];
  /** Without the sweep the tickets alone must bring every project to its end. */
  readonly hasSweep: boolean;
  /** No clock is further off than this, ms. */
  readonly mostSkewMillis: number;
}

/** What the tickets alone need not survive: those are the sweep's. */
const NEED_SWEEP: ReadonlySet<Fault> = new Set([
  ...(['ticket-lost', 'ticket-expired', 'ticket-delayed', 'batch-partly-refused'] as const),
  ...(['delete-lost', 'hide-lost', 'job-lost', 'outage', 'receipt-stale', 'other-version'] as const),
]);

/** Of some faults those that tickets survive by themselves, and the deaths of processes. */
function deadly(faults: readonly Fault[]): Fault[] {
  return [
    ...new Set([...faults.filter(fault => !NEED_SWEEP.has(fault)), 'killed' as const, 'timed-out' as const]),
  ];
}

export function planOf(seed: number): Plan {
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
  const plan: Plan = {
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
    layouts: home === 'machine' ? machineLayouts(dice) : functionLayouts(dice),
    mostSkewMillis: dice.pick(100, 2_000, 5_000),
  };
  return hasSweep || faults.length === 0 ? plan : { ...plan, ...busyTickets(dice) };
}

/** Where only the tickets can help, they are to be moved often: files fail again and again. */
function busyTickets(dice: Dice): Partial<Plan> {
  return {
    badLuck: 0.5,
    files: dice.between(1, 4),
    workers: dice.between(1, 3),
    maxAttempts: dice.pick(4, null),
    retryBackoffSeconds: dice.pick(0, 1, 5),
    stormSeconds: dice.pick(30, 60, 180),
  };
}

/** Fair weather, one or two faults often, half of all, or all of them. */
function faultsOf(dice: Dice): Fault[] {
  const kind = dice.below(10);
  if (kind < 2) return [];
  if (kind === 2) return [...ALL_FAULTS];
  const share = dice.pick(2 / ALL_FAULTS.length, 5 / ALL_FAULTS.length, 0.3, 0.5);
  return ALL_FAULTS.filter(() => dice.chance(share));
}

function machineLayouts(dice: Dice): [Layout, Layout] {
  const layout: Layout = {
    name: 'machine',
    signIn: '',
    taskNumbers: 1,
    blockBytes: Number.MAX_SAFE_INTEGER,
    requestsAtOnce: 1,
    pagesAtOnce: 1,
    waitsPerMinute: Number.POSITIVE_INFINITY,
    ways: 1,
    pagesIn: 'store',
    maxSlots: 256,
    maxLeases: 256,
    contentShare: 1,
    ticketRestsFrom: Number.MAX_SAFE_INTEGER,
    projectCacheMillis: Number.POSITIVE_INFINITY,
    retryAfterSeconds: 1,
  };
  return [layout, { ...layout, ways: dice.pick(1, 4), maxLeases: dice.pick(8, 256) }];
}

function functionLayouts(dice: Dice): [Layout, Layout] {
  const pagesIn = dice.pick('store', 'files');
  const layout = (): Layout => ({
    name: 'functions',
    signIn: '',
    taskNumbers: 1,
    blockBytes: dice.pick(300, 1024, Number.MAX_SAFE_INTEGER),
    requestsAtOnce: dice.pick(1, 4, 16),
    pagesAtOnce: 4,
    waitsPerMinute: 60,
    ways: dice.pick(1, 4, 1024),
    pagesIn,
    maxSlots: dice.pick(3, 256),
    maxLeases: dice.pick(1, 2, 8, 26),
    contentShare: dice.pick(0.5, 1),
    ticketRestsFrom: dice.pick(1, 3, Number.MAX_SAFE_INTEGER),
    projectCacheMillis: dice.pick(0, 5_000, 10_000, 60_000),
    retryAfterSeconds: dice.pick(5, 10, 30),
  });
  return [layout(), layout()];
}
