import { number, text } from '../../check/read.ts';
import type { Delivery } from '../../history.ts';
import { wasReleased } from './attempts.ts';
import type { Case, Rule } from './rules.ts';
import { isOver } from './states.ts';

const ENDINGS: Readonly<Record<string, string>> = {
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** An event is what its id says, however often it is delivered; and it is delivered only to whom it is for. */
export const sameById: Rule = function* ({ facts }) {
  for (const [id, same] of Map.groupBy(facts.deliveries, ({ message }) => text(message, 'id'))) {
    const events = new Set(same.map(({ message }) => what(message)));
    if (events.size > 1) yield `${id} stands for ${[...events].join(' and ')}`;
    if (same.some(({ address }) => address !== 'replies')) yield `${id} was delivered to somebody else`;
  }
};

/**
 * Events of a task arrive in the order in which they befell it: attempt by attempt, the start before the end. An attempt
 * that was given back is followed by the same one.
 */
export const inOrder: Rule = function* (given) {
  for (const [task, all] of firsts(given)) {
    const isGivenBack = given.tasks.get(task)?.some(wasReleased);
    for (const [index, { message }] of all.entries()) {
      const before = all[index - 1]?.message;
      const attempts = number(message, 'attempt') - number(before, 'attempt');
      const isEnd = attempts === 0 && text(message, 'event') !== 'started';
      if (before && !(attempts > 0) && !isEnd && !isGivenBack)
        yield `${task}: ${text(message, 'id')} came after ${text(before, 'id')}`;
    }
  }
};

/** An attempt begins before it ends, and no event is delivered of what did not befall it. */
export const causes: Rule = function* (given) {
  const { facts, done } = given;
  for (const { at, message } of facts.deliveries) {
    const [task, event, attempt] = [
      text(message, 'task'),
      text(message, 'event'),
      number(message, 'attempt'),
    ];
    const ends = facts.ends.filter(
      ({ token, by }) => token.startsWith(`${task}.${attempt}.`) && by.begun.order < at.order,
    );
    if (event === 'completed' && !ends.some(({ outcome }) => outcome === 'succeeded'))
      yield `${task}: attempt ${attempt} is told to be completed, and nobody said so`;
    const isCancelled = given.family(task).some(one => done('cancel', one, 0, at.order));
    if (event === 'cancelled' && !isCancelled) yield `${task}: it is told to be cancelled, and nobody did so`;
  }
};

/** In the end its ending has been delivered, and no other one of that attempt. */
export const ending: Rule = function* (given) {
  const { plan, sights, done } = given;
  if (!plan.replies) return;
  const delivered = firsts(given);
  for (const [task, seen] of sights) {
    const last = seen.at(-1);
    if (!last || !isOver(last.state) || done('DELETE', task, 0, Number.POSITIVE_INFINITY)) continue;
    const events = (delivered.get(task) ?? []).filter(
      ({ message }) => number(message, 'attempt') === last.attempt,
    );
    const names = events.map(({ message }) => text(message, 'event'));
    const wanted = ENDINGS[last.state] ?? '';
    if (plan.hasSweep && !names.includes(wanted))
      yield `${task}: it is ${last.state}, and of its attempt ${last.attempt} only ${names.join(', ') || 'nothing'} was delivered`;
    if (done('retry', task, 0, Number.POSITIVE_INFINITY)) continue;
    const others = names.filter(name => name !== wanted && name !== 'started' && name !== 'retrying');
    if (others.length > 0) yield `${task}: it is ${last.state}, and ${others.join(', ')} was delivered`;
  }
};

function what(message: unknown): string {
  return `${text(message, 'task')} ${text(message, 'event')} of attempt ${number(message, 'attempt')} at ${number(message, 'at')}`;
}

/** The first deliveries of each event of a task. */
function firsts({ facts }: Case): Map<string, Delivery[]> {
  const seen = new Set<string>();
  const first = facts.deliveries.filter(({ message }) => {
    const id = text(message, 'id');
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return Map.groupBy(first, ({ message }) => text(message, 'task'));
}
