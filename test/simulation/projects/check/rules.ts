import type { Fault } from '../../faults.ts';
import type { ProjectPlan } from '../plan.ts';
import type { Answered, Facts, Grant, Report } from './facts.ts';

/** What is known of one reservation: its first answer, and all that was said of it. */
export interface Holding {
  readonly token: string;
  readonly did: string;
  readonly attempt: number;
  readonly first: Answered;
  readonly grants: readonly Grant[];
  readonly reports: readonly Report[];
}

/** Everything a rule looks at. */
export interface Case {
  readonly plan: ProjectPlan;
  readonly facts: Facts;
  /** The faults that happened. */
  readonly injected: readonly Fault[];
  /** By file; the reservations in the order of their first answers. */
  readonly files: ReadonlyMap<string, readonly Holding[]>;
  readonly byToken: ReadonlyMap<string, Holding>;
  /** Whether a restart may have changed things between two moments, by their order. */
  restartedBetween(first: number, last: number): boolean;
  /** The latest deadline of a reservation that was told before a moment. */
  deadlineOf(holding: Holding, before: number): number;
}

/** A rule answers what breaks it. */
export type Rule = (given: Case) => Iterable<string>;

export function caseOf(plan: ProjectPlan, facts: Facts, injected: readonly Fault[]): Case {
  const reportsBy = Map.groupBy(facts.reports, ({ token }) => token);
  const beatsBy = Map.groupBy(facts.beats, ({ token }) => token);
  const holdings = [...Map.groupBy(facts.grants, ({ token }) => token)].map(([token, grants]): Holding => {
    const [first] = grants;
    if (!first) throw new Error('a group is never empty');
    return {
      ...{ token, grants, did: first.did, attempt: first.attempt },
      first: grants.reduce((a, b) => (b.by.ended.order < a.ended.order ? b.by : a), first.by),
      reports: reportsBy.get(token) ?? [],
    };
  });
  holdings.sort((a, b) => a.first.ended.order - b.first.ended.order);
  const spans = restartSpans(facts);
  return {
    plan,
    facts,
    injected,
    files: Map.groupBy(holdings, ({ did }) => did),
    byToken: new Map(holdings.map(holding => [holding.token, holding])),
    restartedBetween: (first, last) => spans.some(span => span.first <= last && span.last >= first),
    deadlineOf: ({ token, grants }, before) => {
      const told = [...grants, ...(beatsBy.get(token) ?? [])].filter(({ by }) => by.ended.order < before);
      return Math.max(...told.map(({ deadline }) => deadline ?? 0));
    },
  };
}

/** A restart that was cut off is finished by others, at the latest when the next one is answered. */
function restartSpans({ restarts }: Facts): { first: number; last: number }[] {
  const answeredLater = (begun: number) =>
    restarts.find(({ begun: { order }, ended }) => order > begun && ended?.status === 200)?.ended?.order;
  return restarts.map(({ begun, ended }) => ({
    first: begun.order,
    last: ended?.status === 200 ? ended.order : (answeredLater(begun.order) ?? Number.POSITIVE_INFINITY),
  }));
}
