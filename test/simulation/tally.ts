import { ALL_FAULTS, type Fault } from './faults.ts';
import type { Kind } from './plan.ts';
import type { Outcome } from './run.ts';

interface Sums {
  readonly runs: number;
  /** Files, or tasks. */
  readonly things: number;
  readonly requests: number;
  readonly portCalls: number;
}

const NONE: Sums = { runs: 0, things: 0, requests: 0, portCalls: 0 };

/** Counts over many runs, that can be sent from one thread to another. */
export interface Tally {
  /** Runs in which nothing went wrong, and the others; by what they were about. */
  readonly fair: Record<Kind, Sums>;
  readonly foul: Record<Kind, Sums>;
  /** How often each fault happened, and in how many runs both of two, as `a + b`. */
  readonly faults: Map<Fault, number>;
  readonly pairs: Map<string, number>;
  /** Seeds that broke something, with the first thing. */
  readonly failures: { readonly seed: number; readonly broken: string }[];
}

export function newTally(): Tally {
  return {
    fair: { project: NONE, tasks: NONE },
    foul: { project: NONE, tasks: NONE },
    ...{ faults: new Map(), pairs: new Map(), failures: [] },
  };
}

export function count(tally: Tally, { plan, injected, broken, requests, portCalls }: Outcome): void {
  const things = plan.kind === 'project' ? plan.files : plan.tasks;
  const sums = injected.length === 0 ? tally.fair : tally.foul;
  sums[plan.kind] = plus(sums[plan.kind], { runs: 1, things, requests, portCalls });
  for (const fault of injected) tally.faults.set(fault, (tally.faults.get(fault) ?? 0) + 1);
  const kinds = [...new Set(injected)].sort();
  for (const [index, one] of kinds.entries())
    for (const other of kinds.slice(index + 1)) {
      const pair = `${one} + ${other}`;
      tally.pairs.set(pair, (tally.pairs.get(pair) ?? 0) + 1);
    }
  const [first] = broken;
  if (first !== undefined) tally.failures.push({ seed: plan.seed, broken: first });
}

export function merge(tally: Tally, other: Tally): void {
  for (const kind of ['project', 'tasks'] as const) {
    tally.fair[kind] = plus(tally.fair[kind], other.fair[kind]);
    tally.foul[kind] = plus(tally.foul[kind], other.foul[kind]);
  }
  for (const [fault, times] of other.faults) tally.faults.set(fault, (tally.faults.get(fault) ?? 0) + times);
  for (const [pair, times] of other.pairs) tally.pairs.set(pair, (tally.pairs.get(pair) ?? 0) + times);
  tally.failures.push(...other.failures);
}

function plus(a: Sums, b: Sums): Sums {
  return {
    runs: a.runs + b.runs,
    things: a.things + b.things,
    requests: a.requests + b.requests,
    portCalls: a.portCalls + b.portCalls,
  };
}

/** Seeds that were counted. */
export function seedsIn({ fair, foul }: Tally): number {
  return fair.project.runs + fair.tasks.runs + foul.project.runs + foul.tasks.runs;
}

/** What was counted, as text: the totals, how often each fault happened, and each pair of them in how many runs. */
export function reportOf(tally: Tally): string {
  const possible = (ALL_FAULTS.length * (ALL_FAULTS.length - 1)) / 2;
  const pairs = [...tally.pairs].sort(([, a], [, b]) => a - b);
  return [
    ...linesOf('project', tally),
    ...linesOf('tasks', tally),
    '',
    'faults:',
    ...ALL_FAULTS.map(fault => lineOf(tally.faults.get(fault) ?? 0, fault)),
    '',
    `runs with both of a pair of faults, ${pairs.length} of ${possible} pairs, the rarest first:`,
    ...pairs.map(([pair, runs]) => lineOf(runs, pair)),
    '',
    `broken: ${tally.failures.length}`,
  ].join('\n');
}

function lineOf(times: number, what: string): string {
  return `${String(times).padStart(10)}  ${what}`;
}

const NAMES: Readonly<Record<Kind, { readonly runs: string; readonly things: string }>> = {
  project: { runs: 'projects', things: 'files' },
  tasks: { runs: 'sets', things: 'tasks' },
};

function linesOf(kind: Kind, { fair, foul }: Tally): string[] {
  const { runs, things } = NAMES[kind];
  const line = (weather: string, sums: Sums) =>
    `${sums.runs} ${runs} of ${sums.things} ${things} ${weather}: ${each(sums)}`;
  return [line('in fair weather', fair[kind]), line('with faults', foul[kind])];
}

function each({ things, requests, portCalls }: Sums): string {
  if (things === 0) return 'none';
  return `${(requests / things).toFixed(1)} requests and ${(portCalls / things).toFixed(1)} port calls for each`;
}
