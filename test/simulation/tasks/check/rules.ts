import type { Fault } from '../../faults.ts';
import type { Operation } from '../../history.ts';
import type { TasksPlan } from '../plan.ts';
import type { Answered, End, Facts, Grant, Sight } from './facts.ts';

/** What is known of one reservation: its first answer, and all that was said of its end. */
export interface Holding {
  readonly token: string;
  readonly task: string;
  readonly attempt: number;
  readonly first: Answered;
  readonly grants: readonly Grant[];
  readonly ends: readonly End[];
}

/** Everything a rule looks at. */
export interface Case {
  readonly plan: TasksPlan;
  readonly facts: Facts;
  /** The faults that happened. */
  readonly injected: readonly Fault[];
  /** By task; the reservations in the order of their first answers. */
  readonly tasks: ReadonlyMap<string, readonly Holding[]>;
  readonly byToken: ReadonlyMap<string, Holding>;
  /** What was told of each task, in the order of the answers. */
  readonly sights: ReadonlyMap<string, readonly Sight[]>;
  /** Whether somebody may have done this to a task between two moments, by their order. */
  done(verb: 'cancel' | 'retry' | 'DELETE', task: string, first: number, last: number): boolean;
  /** A task and those it is a part of. */
  family(task: string): readonly string[];
  /** The latest deadline of a reservation that was told before a moment. */
  deadlineOf(holding: Holding, before: number): number;
}

/** A rule answers what breaks it. */
export type Rule = (given: Case) => Iterable<string>;

export function caseOf(plan: TasksPlan, facts: Facts, injected: readonly Fault[]): Case {
  const endsBy = Map.groupBy(facts.ends, ({ token }) => token);
  const beatsBy = Map.groupBy(facts.beats, ({ token }) => token);
  const holdings = [...Map.groupBy(facts.grants, ({ token }) => token)].map(([token, grants]): Holding => {
    const [first] = grants;
    if (!first) throw new Error('a group is never empty');
    return {
      ...{ token, grants, task: first.task, attempt: first.attempt },
      first: grants.reduce((a, b) => (b.by.ended.order < a.ended.order ? b.by : a), first.by),
      ends: endsBy.get(token) ?? [],
    };
  });
  holdings.sort((a, b) => a.first.ended.order - b.first.ended.order);
  const parents = parentsOf(facts);
  const byToken = new Map(holdings.map(holding => [holding.token, holding]));
  const sights = facts.sights.toSorted((a, b) => a.by.ended.order - b.by.ended.order);
  return {
    ...{ plan, facts, injected, byToken },
    tasks: Map.groupBy(holdings, ({ task }) => task),
    sights: Map.groupBy(sights, ({ task }) => task),
    done: (verb, task, first, last) =>
      facts.operations.some(
        operation => operation.verb === verb && operation.about === task && overlaps(operation, first, last),
      ),
    family(task) {
      const members = [task];
      for (let parent = parents.get(task); parent !== undefined; parent = parents.get(parent))
        members.push(parent);
      return members;
    },
    deadlineOf: ({ token, grants }, before) => {
      const told = [...grants, ...(beatsBy.get(token) ?? [])].filter(({ by }) => by.ended.order < before);
      return Math.max(...told.map(({ deadline }) => deadline ?? 0));
    },
  };
}

/** Whether a call may have done something between two moments. A refusal does nothing; a call without an answer may do something as long as its process lives. */
export function overlaps({ begun, ended }: Operation, first: number, last: number): boolean {
  if (ended?.status === 409 || ended?.status === 404) return false;
  return begun.order <= last && (ended && ended.status < 300 ? ended.order >= first : true);
}

function parentsOf({ sights }: Facts): Map<string, string> {
  const parents = new Map<string, string>();
  for (const { task, view } of sights)
    if (typeof view === 'object' && view !== null && 'parent' in view && typeof view.parent === 'string')
      parents.set(task, view.parent);
  return parents;
}
