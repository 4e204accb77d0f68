import { ALL_FAULTS, type Fault } from './faults.ts';
import type { Outcome } from './run.ts';

interface Sums {
  readonly projects: number;
  readonly files: number;
  readonly requests: number;
  readonly portCalls: number;
}

const NONE: Sums = { projects: 0, files: 0, requests: 0, portCalls: 0 };

/** Counts over many runs, that can be sent from one thread to another. */
export interface Tally {
  /** Runs in which nothing went wrong, and the others. */
  fair: Sums;
  foul: Sums;
  /** How often each fault happened, and in how many runs both of two, as `a + b`. */
  readonly faults: Map<Fault, number>;
  readonly pairs: Map<string, number>;
  /** Seeds that broke something, with the first thing. */
  readonly failures: { readonly seed: number; readonly broken: string }[];
}

export function newTally(): Tally {
  return { fair: NONE, foul: NONE, faults: new Map(), pairs: new Map(), failures: [] };
}

export function count(tally: Tally, { plan, injected, broken, requests, portCalls }: Outcome): void {
  const sums = { projects: 1, files: plan.files, requests, portCalls };
  if (injected.length === 0) tally.fair = plus(tally.fair, sums);
  else tally.foul = plus(tally.foul, sums);
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
  tally.fair = plus(tally.fair, other.fair);
  tally.foul = plus(tally.foul, other.foul);
  for (const [fault, times] of other.faults) tally.faults.set(fault, (tally.faults.get(fault) ?? 0) + times);
  for (const [pair, times] of other.pairs) tally.pairs.set(pair, (tally.pairs.get(pair) ?? 0) + times);
  tally.failures.push(...other.failures);
}

function plus(a: Sums, b: Sums): Sums {
  return {
    projects: a.projects + b.projects,
    files: a.files + b.files,
    requests: a.requests + b.requests,
    portCalls: a.portCalls + b.portCalls,
  };
}

/** What was counted, as text. */
export function reportOf(tally: Tally, seconds: number): string {
  const { fair, foul } = tally;
  const seeds = fair.projects + foul.projects;
  const possible = (ALL_FAULTS.length * (ALL_FAULTS.length - 1)) / 2;
  const rarest = [...tally.pairs].sort(([, a], [, b]) => a - b).slice(0, 3);
  return [
    `${seeds} projects of ${fair.files + foul.files} files in ${seconds.toFixed(0)} s: ${(seeds / seconds).toFixed(0)} a second`,
    `in fair weather ${fair.projects}, ${each(fair)}`,
    `with faults     ${foul.projects}, ${each(foul)}`,
    '',
    ...ALL_FAULTS.map(fault => `${String(tally.faults.get(fault) ?? 0).padStart(10)}  ${fault}`),
    '',
    `${tally.pairs.size} of ${possible} pairs of faults met in a run; the rarest: ${rarest.map(([pair, times]) => `${pair} (${times})`).join(', ')}`,
    `broken: ${tally.failures.length}`,
  ].join('\n');
}

function each({ files, requests, portCalls }: Sums): string {
  if (files === 0) return 'no files';
  return `${(requests / files).toFixed(1)} requests and ${(portCalls / files).toFixed(1)} port calls a file`;
}
