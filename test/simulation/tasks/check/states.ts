import { field, text } from '../../check/read.ts';
import { firstAsked } from './facts.ts';
import type { Rule } from './rules.ts';

const OPEN = ['scheduled', 'queued', 'running'];
const ENDED = ['succeeded', 'failed', 'cancelled'];

/** What a task may be when it is looked at again, and nobody has retried it. */
const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(OPEN.map(state => [state, [...OPEN, ...ENDED, 'cancelling']])),
  ...Object.fromEntries(ENDED.map(state => [state, [state]])),
  cancelling: ['cancelling', 'cancelled', 'succeeded'],
};

export function isOver(state: string): boolean {
  return ENDED.includes(state);
}

/** States follow each other as they are drawn: what has ended stays so, unless somebody retries it. */
export const states: Rule = function* ({ sights, done }) {
  for (const [task, seen] of sights)
    for (const { by, state } of seen) {
      const before = seen.findLast(other => other.by.ended.order < by.begun.order);
      if (!before || LEADS_TO[before.state]?.includes(state)) continue;
      if (!done('retry', task, before.by.begun.order, by.ended.order))
        yield `${task}: it was ${before.state}, and then ${state}`;
    }
};

/** Attempts are counted up; only who gives a task back takes one away. */
export const countedUp: Rule = function* ({ sights, tasks }) {
  for (const [task, seen] of sights)
    for (const { by, attempt } of seen) {
      const before = seen.findLast(other => other.by.ended.order < by.begun.order);
      if (!before || attempt >= before.attempt) continue;
      const isGivenBack = tasks
        .get(task)
        ?.some(({ ends }) =>
          ends.some(end => end.outcome === 'released' && end.by.begun.order < by.ended.order),
        );
      if (!isGivenBack) yield `${task}: it was in attempt ${before.attempt}, and then in ${attempt}`;
    }
};

/** A task is cancelled, or about to be, only when somebody wanted that, of it or of what it is a part of. */
export const wanted: Rule = function* ({ sights, family, done }) {
  for (const [task, seen] of sights)
    for (const { by, state } of seen) {
      if (state !== 'cancelled' && state !== 'cancelling') continue;
      const members = state === 'cancelled' ? family(task) : [task];
      if (!members.some(member => done('cancel', member, 0, by.ended.order)))
        yield `${task}: it is ${state}, though nobody wanted that`;
    }
};

/** A part is not begun any more once the task it belongs to was cancelled. */
export const parts: Rule = function* ({ tasks, sights, family, done, facts }) {
  for (const [task, holdings] of tasks) {
    const [, parent = ''] = family(task);
    const cancelled = sights.get(parent)?.find(({ state }) => state === 'cancelled');
    if (!cancelled) continue;
    const { order } = cancelled.by.ended;
    const late = holdings.find(({ first }) => firstAsked(facts, first).begun.order > order);
    const isCalledOff = (verb: 'retry' | 'DELETE') => done(verb, parent, 0, late?.first.ended.order ?? 0);
    if (late && !isCalledOff('retry') && !isCalledOff('DELETE'))
      yield `${task}: ${late.token} was given though ${parent} was cancelled`;
  }
};

/** Tasks under one key are one task; nobody is answered with that of another key. */
export const oneEach: Rule = function* ({ sights, facts }) {
  const byKey = new Map<string, string>();
  for (const [task, seen] of sights) {
    const view = seen.find(one => text(one.view, 'dedupKey') !== '')?.view;
    const key = `${text(view, 'queue')}/${text(view, 'dedupKey')}`;
    const other = byKey.get(key);
    const isDeleted = facts.operations.some(({ verb, about }) => verb === 'DELETE' && about === other);
    if (view !== undefined && other !== undefined && !isDeleted)
      yield `${task}: ${other} has the same key ${key}`;
    byKey.set(key, task);
  }
  for (const { verb, input, ended } of facts.answered) {
    if (verb !== 'create' || field(input, 'name') === undefined || ended.status >= 300) continue;
    if (text(ended.body, 'dedupKey') !== text(input, 'dedupKey'))
      yield `${text(ended.body, 'id')}: it was answered to who submitted ${text(input, 'dedupKey')}`;
  }
};
