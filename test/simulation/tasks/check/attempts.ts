import { number } from '../../check/read.ts';
import { counted } from './leases.ts';
import type { Case, Holding, Rule } from './rules.ts';

export function wasReleased({ ends }: Holding): boolean {
  return ends.some(({ outcome }) => outcome === 'released');
}

/** Each attempt is given once, unless it was given back; none beyond the most; and none is left out without cause. */
export const attempts: Rule = function* ({ plan, facts, tasks }) {
  for (const [task, holdings] of tasks) {
    const retries = facts.operations.filter(
      ({ verb, about, ended }) => verb === 'retry' && about === task && ended?.status !== 409,
    );
    for (const { token, attempt, first } of holdings) {
      const lives = 1 + retries.filter(({ begun }) => begun.order < first.ended.order).length;
      if (attempt > plan.taskAttempts * lives)
        yield `${task}: ${token} is attempt ${attempt} of ${plan.taskAttempts * lives}`;
    }
    for (const [index, one] of holdings.entries())
      for (const other of holdings.slice(index + 1))
        if (one.attempt === other.attempt && !wasReleased(one) && !wasReleased(other))
          yield `${task}: ${one.token} and ${other.token} are both attempt ${one.attempt}`;
    const given = new Set(holdings.map(({ attempt }) => attempt));
    const last = Math.max(...given);
    const missing = Array.from({ length: last }, (_, n) => n + 1).filter(attempt => !given.has(attempt));
    if (missing.length > facts.doubtful.length)
      yield `${task}: it is in attempt ${last}, but nobody was given ${missing.join(', ')}`;
  }
};

/** A task that failed and is to be tried again waits for its backoff. */
export const backoff: Rule = function* ({ plan, tasks, done }) {
  for (const [task, holdings] of tasks)
    for (const holding of holdings)
      for (const { by, outcome, answer } of counted(holding)) {
        if (outcome !== 'failed' || (answer?.says !== 'queued' && answer?.says !== 'scheduled')) continue;
        if (done('retry', task, 0, Number.POSITIVE_INFINITY)) continue;
        const wait = Math.min(60_000, plan.taskBackoffSeconds * 1000 * 2 ** (holding.attempt - 1));
        const soonest = by.begun.at + wait - 2 * plan.mostSkewMillis;
        const next = holdings.find(
          ({ first, attempt }) => attempt > holding.attempt && first.ended.at < soonest,
        );
        if (next) yield `${task}: ${next.token} was given before the backoff after ${holding.token} was over`;
      }
};

/** A task whose time has not come is given to nobody. */
export const notBefore: Rule = function* ({ plan, tasks, sights, done }) {
  for (const [task, seen] of sights) {
    const [first] = seen;
    const startAt = first?.attempt === 0 ? number(first.view, 'startAt') : Number.NaN;
    const [holding] = tasks.get(task) ?? [];
    if (!holding || done('retry', task, 0, Number.POSITIVE_INFINITY)) continue;
    if (holding.first.ended.at < startAt - plan.mostSkewMillis)
      yield `${task}: ${holding.token} was given before its time`;
  }
};

/** Whether an attempt may have ended for want of a word, by a moment: ms since 1970, and its order. */
export function mayHaveRunOut(
  { plan, deadlineOf }: Case,
  holding: Holding,
  at: number,
  order: number,
): boolean {
  const deadline = deadlineOf(holding, order);
  return at + 2 * plan.mostSkewMillis >= deadline;
}
