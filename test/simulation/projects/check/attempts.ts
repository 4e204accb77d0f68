import { counted, first } from './order.ts';
import type { Case, Holding, Rule } from './rules.ts';

/** Each attempt is given once, unless it was given back; none beyond the most; and none is left out without cause. */
export const attempts: Rule = function* ({ plan, facts, files, restartedBetween }) {
  const most = plan.maxAttempts ?? Number.POSITIVE_INFINITY;
  for (const [did, holdings] of files) {
    for (const { token, attempt } of holdings)
      if (attempt > most) yield `${did}: ${token} is attempt ${attempt} of ${most}`;
    for (const [index, one] of holdings.entries())
      for (const other of holdings.slice(index + 1)) {
        const isReset = restartedBetween(
          first(one, other),
          Math.max(one.first.ended.order, other.first.ended.order),
        );
        if (one.attempt === other.attempt && !isReset && !wasReleased(one) && !wasReleased(other))
          yield `${did}: ${one.token} and ${other.token} are both attempt ${one.attempt}`;
      }
    if (facts.restarts.length > 0) continue;
    const given = new Set(holdings.map(({ attempt }) => attempt));
    const last = Math.max(...given);
    const missing = Array.from({ length: last }, (_, n) => n + 1).filter(attempt => !given.has(attempt));
    if (missing.length > facts.doubtful.length)
      yield `${did}: it is in attempt ${last}, but nobody was given ${missing.join(', ')}`;
  }
};

function wasReleased({ reports }: Holding): boolean {
  return reports.some(({ verdict }) => verdict === 'release');
}

/** Where a lease that runs out fails its file, only who reported a failure brings about another attempt. */
export const expiryFails: Rule = function* ({ plan, facts, files }) {
  if (plan.onLeaseExpiry !== 'fail' || facts.restarts.length > 0) return;
  for (const [did, holdings] of files) {
    const retried = holdings.filter(({ reports }) =>
      reports.some(({ verdict }) => verdict === 'retry'),
    ).length;
    const last = Math.max(...holdings.map(({ attempt }) => attempt));
    if (last > retried + 1) yield `${did}: it is in attempt ${last} though only ${retried} failed`;
  }
};

/** After a restart of all files the attempts of those that were done or failed begin anew. */
export const restartedAnew: Rule = function* ({ facts, files }) {
  const [restart, another] = facts.restarts;
  if (!restart?.ended || another || !Array.isArray(restart.input.states) || restart.input.states.length < 3)
    return;
  const { order } = restart.ended;
  for (const [did, holdings] of files) {
    const wasOver = holdings
      .flatMap(counted)
      .some(({ by, answer }) => answer?.says !== 'ready' && by.ended.order < restart.begun.order);
    if (!wasOver) continue;
    const after = holdings.filter(({ first }) => first.begun.order > order);
    const during = holdings.filter(({ first }) => first.ended.order > restart.begun.order).length;
    const attempt = Math.min(...after.map(one => one.attempt));
    const doubtful = facts.doubtful.filter(
      ({ ended }) => (ended?.order ?? order) >= restart.begun.order,
    ).length;
    if (after.length > 0 && attempt > 1 + during - after.length + doubtful)
      yield `${did}: its first attempt after the restart is attempt ${attempt}`;
  }
};

/** A file that failed and is to be tried again waits for its backoff. */
export const backoff: Rule = function* ({ plan, files, restartedBetween }) {
  for (const [did, holdings] of files)
    for (const holding of holdings)
      for (const { by, verdict, answer } of counted(holding)) {
        if (verdict !== 'retry' || answer?.says !== 'ready') continue;
        const wait = Math.min(60_000, plan.retryBackoffSeconds * 1000 * 2 ** (holding.attempt - 1));
        const soonest = by.begun.at + wait - 2 * plan.mostSkewMillis;
        const next = holdings.find(next => next.attempt > holding.attempt && next.first.ended.at < soonest);
        if (next && !restartedBetween(first(holding, next), Math.max(by.ended.order, next.first.ended.order)))
          yield `${did}: ${next.token} was given before the backoff after ${holding.token} was over`;
      }
};

/** The lease of a fresh reservation is as long as the project says, by some clock of the service. */
export const leases: Rule = function* ({ plan, facts }) {
  if (plan.isEndless) return;
  const length = plan.leaseSeconds * 1000;
  for (const { by, token, deadline } of [...facts.grants, ...facts.beats])
    if (deadline !== undefined && deadline > by.ended.at + plan.mostSkewMillis + length)
      yield `${token}: its lease is longer than ${plan.leaseSeconds} s`;
};

/** Whether a file may have ended for want of a report, before a moment. */
export function mayHaveRunOut(
  { plan, facts }: Case,
  holdings: readonly Holding[],
  order: number,
  at: number,
): boolean {
  if (plan.isEndless) return false;
  const latestBegin = at - plan.leaseSeconds * 1000 + 2 * plan.mostSkewMillis;
  const begun = [...holdings.map(({ first }) => first), ...facts.doubtful].filter(
    operation => operation.begun.order < order && operation.begun.at <= latestBegin,
  );
  const enough = plan.onLeaseExpiry === 'fail' ? 1 : (plan.maxAttempts ?? Number.POSITIVE_INFINITY);
  const tried = Math.max(0, ...holdings.map(({ attempt }) => attempt));
  return begun.length > 0 && begun.length + tried >= enough;
}
