import type { Layout } from '../../lib/dispatch/home.ts';
import type { Dice } from './dice.ts';
import { ALL_FAULTS, type Fault } from './faults.ts';
import type { Climate } from './weather.ts';

/** What every seed stands for: those who work, where it runs, and the weather. */
export interface CommonPlan extends Climate {
  readonly seed: number;
  /** Workers of `lib/worker`. */
  readonly workers: number;
  /** Workers that do all that callers may do, in any order. */
  readonly erratic: number;
  readonly concurrency: number;
  readonly leaseSeconds: number;
  /** The share of attempts that fail and are to be tried again. */
  readonly badLuck: number;
  /** One process that remembers and rings, as on one machine; or several, as on AWS. */
  readonly home: 'machine' | 'functions';
  /** Of the version that is deployed, and of the other one. */
  readonly layouts: readonly [Layout, Layout];
  /** Without the sweep the tickets alone must bring everything to its end. */
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
export function deadly(faults: readonly Fault[]): Fault[] {
  return [
    ...new Set([...faults.filter(fault => !NEED_SWEEP.has(fault)), 'killed' as const, 'timed-out' as const]),
  ];
}

/** Fair weather, one or two faults often, half of all, or all of them. */
export function faultsOf(dice: Dice): Fault[] {
  const kind = dice.below(10);
  if (kind < 2) return [];
  if (kind === 2) return [...ALL_FAULTS];
  const share = dice.pick(2 / ALL_FAULTS.length, 5 / ALL_FAULTS.length, 0.3, 0.5);
  return ALL_FAULTS.filter(() => dice.chance(share));
}

export function layoutsOf(home: CommonPlan['home'], dice: Dice): [Layout, Layout] {
  return home === 'machine' ? machineLayouts(dice) : functionLayouts(dice);
}

/** Numbers that JSON can tell: a plan is printed to be run again. */
function machineLayouts(dice: Dice): [Layout, Layout] {
  const layout: Layout = {
    name: 'machine',
    signIn: '',
    taskNumbers: 1,
    blockBytes: Number.MAX_SAFE_INTEGER,
    requestsAtOnce: 1,
    pagesAtOnce: 1,
    waitsPerMinute: Number.MAX_SAFE_INTEGER,
    ways: 1,
    pagesIn: 'store',
    maxSlots: 256,
    maxLeases: 256,
    contentShare: 1,
    ticketRestsFrom: Number.MAX_SAFE_INTEGER,
    projectCacheMillis: Number.MAX_SAFE_INTEGER,
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
