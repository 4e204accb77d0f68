import { field, number } from '../../check/read.ts';
import { type Answered, firstAsked } from './facts.ts';
import { type Case, type Holding, overlaps, type Rule } from './rules.ts';

/** Until when a reservation stood for certain, ms since 1970: it was not ended, nor cancelled, nor had it run out. */
function heldUntil({ plan, facts, deadlineOf }: Case, holding: Holding, before: number): number {
  const { first, ends, task } = holding;
  const cancels = facts.operations.filter(
    ({ verb, about, begun }) => verb === 'cancel' && about === task && begun.order > first.begun.order,
  );
  const told = [...ends.map(({ by }) => by), ...cancels].map(({ begun }) => begun.at);
  return Math.min(deadlineOf(holding, before) - plan.mostSkewMillis, ...told);
}

/** No more tasks of a queue run at once than it may have. */
export const limit: Rule = function* (given) {
  const { plan, byToken } = given;
  if (plan.limit === null) return;
  const holdings = [...byToken.values()];
  for (const [queue, own] of Map.groupBy(holdings, ({ task }) => queueOf(task)))
    for (const newest of own) {
      const { order, at } = newest.first.ended;
      const others = own.filter(
        other =>
          other !== newest &&
          other.first.ended.order < newest.first.begun.order &&
          heldUntil(given, other, newest.first.begun.order) > at,
      );
      if (others.length + 1 > plan.limit && order > 0)
        yield `${queue}: ${[newest, ...others].map(({ token }) => token).join(', ')} run at once, of ${plan.limit}`;
    }
};

/** What a process remembers of a queue it remembers for so long. */
function remembered({ plan }: Case): number {
  const { projectCacheMillis } = plan.layouts[0];
  const other = plan.layouts[1].projectCacheMillis;
  // One process is told of its own changes, and forgets when it sweeps.
  return plan.home === 'machine' ? 0 : Math.max(projectCacheMillis, other) + 2 * plan.mostSkewMillis;
}

/** Nothing of a paused queue is handed out. */
export const paused: Rule = function* (given) {
  const { facts, byToken } = given;
  for (const pause of facts.answered) {
    if (pause.verb !== 'pause' || pause.ended.status !== 200) continue;
    const from = pause.ended.at + remembered(given);
    for (const { task, token, first, grants } of byToken.values()) {
      const isLate = grants.every(({ startedAt }) => startedAt - given.plan.mostSkewMillis > from);
      // What was asked for before may be given after, and given again to who asks again.
      const { begun } = firstAsked(facts, first);
      // However long a request takes, it goes by what was remembered when it began.
      const isAfter = begun.order > pause.ended.order && begun.at > from;
      const isResumed = facts.operations.some(
        other =>
          other.verb === 'resume' &&
          other.about === pause.about &&
          overlaps(other, pause.begun.order, first.ended.order),
      );
      if (queueOf(task) === pause.about && isLate && isAfter && !isResumed)
        yield `${pause.about}: ${token} was given though it was paused`;
    }
  }
};

function queueOf(task: string): string {
  return task.slice(0, task.lastIndexOf('-'));
}

/** A queue counts what it lists, once nothing happens any more. */
export const counts: Rule = function* ({ facts, sights }) {
  const seen = [...sights.values()].map(all => all.findLast(({ by }) => by.verb === 'GET'));
  const isLook = ({ kind, verb, ended }: Answered) =>
    kind === 'queues' && verb === 'GET' && ended.status === 200;
  for (const [queue, looks] of Map.groupBy(facts.answered.filter(isLook), ({ about }) => about))
    for (const state of ['succeeded', 'failed', 'cancelled']) {
      const told = number(field(looks.at(-1)?.ended.body, 'counts'), state);
      const own = seen.filter(sight => sight?.state === state && queueOf(sight.task) === queue).length;
      if (told !== own) yield `${queue}: it counts ${told} tasks that are ${state}, and has ${own}`;
    }
};
