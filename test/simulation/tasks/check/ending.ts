import { number } from '../../check/read.ts';
import { mayHaveRunOut } from './attempts.ts';
import type { Sight } from './facts.ts';
import { counted } from './leases.ts';
import type { Case, Rule } from './rules.ts';
import { isOver } from './states.ts';

/** In the end every task has ended, as those were told who said so. */
export const final: Rule = function* (given) {
  const { tasks, sights, done } = given;
  for (const [task, seen] of sights) {
    const last = seen.at(-1);
    if (!last || done('DELETE', task, 0, Number.POSITIVE_INFINITY)) continue;
    if (!isOver(last.state)) yield `${task}: it is ${last.state} in the end`;
    const ends = (tasks.get(task) ?? [])
      .flatMap(counted)
      .filter(({ answer }) => isOver(answer?.says ?? ''))
      .filter(({ by }) => !done('retry', task, by.begun.order, last.by.ended.order));
    for (const { token, answer } of ends)
      if (answer?.says !== last.state)
        yield `${task}: it is ${last.state}, though the end of ${token} was answered ${answer?.says}`;
    if (last.state === 'failed' && !mayHaveFailed(given, task, last))
      yield `${task}: it failed without a cause`;
  }
};

/** Somebody said so, for good or of the last attempt; or that was not heard of any more. */
function mayHaveFailed(given: Case, task: string, { by, view, attempt }: Sight): boolean {
  const isLast = attempt >= number(view, 'maxAttempts');
  const holdings = given.tasks.get(task) ?? [];
  const own = holdings.filter(one => one.attempt === attempt);
  const isSaid = holdings.some(({ ends, attempt: tried }) =>
    ends.some(
      ({ outcome, retry, answer }) =>
        outcome === 'failed' && answer?.kind !== 'refused' && (!retry || (isLast && tried === attempt)),
    ),
  );
  if (isSaid) return true;
  if (!isLast) return false;
  // It may have been given to somebody who never heard of it.
  return own.length === 0
    ? given.facts.doubtful.length > 0
    : own.some(holding => mayHaveRunOut(given, holding, by.ended.at, by.ended.order));
}
