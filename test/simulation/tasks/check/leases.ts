import { field, text } from '../../check/read.ts';
import type { Operation } from '../../history.ts';
import type { Answered, End } from './facts.ts';
import type { Holding, Rule } from './rules.ts';

/** An end that counted by the call that carried it. */
type Counted = End & { readonly by: Answered };

export function counted({ ends }: Holding): Counted[] {
  return ends.filter((end): end is Counted => end.answer?.kind === 'counted');
}

const endsBefore = (a: Operation | undefined, b: Operation) =>
  (a?.ended?.order ?? Number.POSITIVE_INFINITY) < b.begun.order;

function* laterPairs(holdings: readonly Holding[]): Generator<[Holding, Holding]> {
  for (const older of holdings)
    for (const newer of holdings) if (endsBefore(older.first, newer.first)) yield [older, newer];
}

/** The end of an attempt counts only while the task was not given to anybody since. */
export const fence: Rule = function* ({ tasks }) {
  for (const [task, holdings] of tasks)
    for (const [older, newer] of laterPairs(holdings))
      for (const end of counted(older))
        if (endsBefore(newer.first, end.by))
          yield `${task}: the end of ${older.token} counted after ${newer.token} was given`;
};

/** An attempt ends once, whoever repeats it; and only a repeated one is called so. */
export const once: Rule = function* ({ byToken }) {
  for (const holding of byToken.values()) {
    const { token, ends } = holding;
    if (counted(holding).length > 1) yield `${holding.task}: ${token} ended twice`;
    for (const end of ends) {
      if (end.answer?.kind !== 'repeated') continue;
      const until = end.by.ended?.order ?? 0;
      const isRepetition = ends.some(
        other =>
          other !== end &&
          other.outcome === end.outcome &&
          other.by.begun.order < until &&
          other.answer?.kind !== 'refused',
      );
      if (!isRepetition) yield `${holding.task}: the end of ${token} is called a repetition and is none`;
    }
  }
};

/** The end of an attempt that counted is answered in the same way when it is repeated. */
export const repeats: Rule = function* ({ byToken, done }) {
  for (const holding of byToken.values())
    for (const { by, outcome, answer } of counted(holding)) {
      const otherwise = holding.ends.find(
        end => end.answer?.kind === 'repeated' && end.outcome === outcome && end.answer.says !== answer?.says,
      );
      if (otherwise)
        yield `${holding.task}: the end of ${holding.token} was answered ${answer?.says}, and then ${otherwise.answer?.says}`;
      const refused = holding.ends.find(
        other => other.outcome === outcome && other.answer?.kind === 'refused' && endsBefore(by, other.by),
      );
      const isDeleted = refused && done('DELETE', holding.task, 0, refused.by.ended?.order ?? 0);
      if (refused && !isDeleted)
        yield `${holding.task}: the repeated end of ${holding.token} was refused: ${refused.answer?.says}`;
    }
};

/** Of two reservations of a task the second is given only when the first has ended, or has run out. */
export const exclusive: Rule = function* ({ plan, tasks, done, deadlineOf }) {
  for (const [task, holdings] of tasks)
    for (const [first, second] of laterPairs(holdings)) {
      const { begun, ended } = second.first;
      const hasRunOut = ended.at + plan.mostSkewMillis >= deadlineOf(first, begun.order);
      const hasEnded = first.ends.some(({ by }) => by.begun.order < ended.order);
      if (!hasRunOut && !hasEnded && !done('retry', task, first.first.begun.order, ended.order))
        yield `${task}: given as ${second.token} while ${first.token} held it`;
    }
};

/** A worker that holds a task in time is neither refused nor told that it lost it. */
export const honoured: Rule = function* ({ plan, facts, byToken, done, deadlineOf }) {
  const refused = facts.ends
    .filter(({ answer }) => answer?.kind === 'refused' && answer.says !== 'wrong_state')
    .map(({ by, token, answer }) => ({ by, token, says: `refused: ${answer?.says}` }));
  const lost = facts.beats
    .filter(({ deadline }) => deadline === undefined)
    .map(({ by, token }) => ({ by, token, says: 'told that it was lost' }));
  for (const { by, token, says } of [...refused, ...lost]) {
    const holding = byToken.get(token);
    if (!holding || !by.ended || !endsBefore(holding.first, by)) continue;
    const { order, at } = by.ended;
    const isInTime = at + plan.mostSkewMillis < deadlineOf(holding, by.begun.order);
    const isSettled = holding.ends.some(other => other.by !== by && other.by.begun.order < order);
    if (isInTime && !isSettled && !done('cancel', holding.task, holding.first.begun.order, order))
      yield `${holding.task}: ${token} was ${says}, though its lease stood`;
  }
};

/** A token is given to one worker only, for one task. */
export const unique: Rule = function* ({ byToken }) {
  for (const { task, token, grants, first } of byToken.values()) {
    const other = grants.find(({ by }) => by.caller !== first.caller);
    if (other) yield `${task}: ${token} was given to ${first.caller} and ${other.by.caller}`;
    if (grants.some(grant => grant.task !== task)) yield `${token} was given for two tasks`;
  }
};

/** A lease is as long as the queue says, by some clock of the service; and no attempt is longer than its task may take. */
export const lengths: Rule = function* ({ plan, facts, byToken }) {
  const length = plan.leaseSeconds * 1000;
  for (const { by, token, deadline } of [...facts.grants, ...facts.beats])
    if (deadline !== undefined && deadline > by.ended.at + plan.mostSkewMillis + length)
      yield `${token}: its lease is longer than ${plan.leaseSeconds} s`;
  if (plan.timeoutSeconds === null) return;
  for (const { by, token, deadline } of facts.beats) {
    const first = byToken.get(token)?.first;
    const end = (first?.ended.at ?? by.ended.at) + plan.timeoutSeconds * 1000 + plan.mostSkewMillis;
    if (deadline !== undefined && deadline > end)
      yield `${token}: it is held for longer than ${plan.timeoutSeconds} s`;
  }
};

/** Who asks for tasks of some names is given no others. */
export const named: Rule = function* ({ facts }) {
  for (const { by, token } of facts.grants) {
    const names = field(by.input, 'names');
    const view = facts.sights.find(sight => sight.by === by)?.view;
    if (Array.isArray(names) && !names.includes(text(view, 'name')))
      yield `${token}: ${by.caller} asked for none of its name`;
  }
};
