import type { Operation } from '../../history.ts';
import type { Answered, Report } from './facts.ts';
import type { Holding, Rule } from './rules.ts';

/** A report that counted by the call that carried it. */
type Counted = Report & { readonly by: Answered };

export function counted({ reports }: Holding): Counted[] {
  return reports.filter((report): report is Counted => report.answer?.kind === 'counted');
}

function* laterPairs<T>(all: readonly T[], isBefore: (a: T, b: T) => boolean): Generator<[T, T]> {
  for (const a of all) for (const b of all) if (a !== b && isBefore(a, b)) yield [a, b];
}

const endsBefore = (a: Operation | undefined, b: Operation) =>
  (a?.ended?.order ?? Number.POSITIVE_INFINITY) < b.begun.order;

/** The moment before which neither of two reservations was there. */
export function first(one: Holding, other: Holding): number {
  return Math.min(one.first.begun.order, other.first.begun.order);
}

/** A report counts only while no later reservation of its file was given. */
export const fence: Rule = function* ({ files, restartedBetween }) {
  for (const [did, holdings] of files)
    for (const [newer, older] of laterPairs(holdings, (a, b) => a.attempt > b.attempt))
      for (const report of counted(older))
        if (
          endsBefore(newer.first, report.by) &&
          !restartedBetween(first(older, newer), report.by.ended.order)
        )
          yield `${did}: the report of ${older.token} counted after ${newer.token} was given`;
};

/** A reservation's report counts once, whoever repeats it; and only a repeated one is called so. */
export const once: Rule = function* ({ byToken }) {
  for (const holding of byToken.values()) {
    const [, second] = counted(holding);
    if (second) yield `${holding.did}: two reports of ${holding.token} counted`;
    for (const repeated of holding.reports.filter(({ answer }) => answer?.kind === 'repeated')) {
      const others = holding.reports.filter(other => other !== repeated);
      const until = repeated.by.ended?.order ?? 0;
      if (!others.some(({ by, answer }) => by.begun.order < until && answer?.kind !== 'refused'))
        yield `${holding.did}: the report of ${holding.token} is called a repetition and is none`;
    }
  }
};

/** A file that is done or failed is not given to anybody any more, and no other report of it counts. */
export const absorbing: Rule = function* ({ files, restartedBetween }) {
  for (const [did, holdings] of files)
    for (const ended of holdings.flatMap(counted)) {
      if (ended.answer?.says !== 'done' && ended.answer?.says !== 'failed') continue;
      for (const { token, grants, reports } of holdings) {
        const grant = grants.find(({ by }) => endsBefore(ended.by, by));
        if (grant && !restartedBetween(ended.by.begun.order, grant.by.ended.order))
          yield `${did}: given as ${token} though it was ${ended.answer.says}`;
        const report = reports.find(
          ({ by, answer }) => answer?.kind === 'counted' && endsBefore(ended.by, by),
        );
        if (report && !restartedBetween(ended.by.begun.order, report.by.ended?.order ?? 0))
          yield `${did}: a report of ${token} counted though it was ${ended.answer.says}`;
      }
    }
};

/** Of two reservations of a file the second is given only when the first was reported or has run out. */
export const exclusive: Rule = function* ({ plan, files, restartedBetween, deadlineOf }) {
  for (const [did, holdings] of files)
    for (const [first, second] of laterPairs(holdings, (a, b) => endsBefore(a.first, b.first))) {
      const { begun, ended } = second.first;
      const hasRunOut = ended.at + plan.mostSkewMillis >= deadlineOf(first, begun.order);
      const isReported = first.reports.some(({ by }) => by.begun.order < ended.order);
      if (!hasRunOut && !isReported && !restartedBetween(first.first.begun.order, ended.order))
        yield `${did}: given as ${second.token} while ${first.token} held it`;
    }
};

/** A worker that holds a file in time is neither refused nor told that it lost it. */
export const honoured: Rule = function* ({ plan, facts, byToken, restartedBetween, deadlineOf }) {
  const refused = facts.reports
    .filter(({ answer }) => answer?.kind === 'refused')
    .map(({ by, token, answer }) => ({ by, token, says: `refused: ${answer?.says}` }));
  const lost = facts.beats
    .filter(({ deadline }) => deadline === undefined)
    .map(({ by, token }) => ({ by, token, says: 'told that it was lost' }));
  for (const { by, token, says } of [...refused, ...lost]) {
    const holding = byToken.get(token);
    if (!holding || !by.ended || !endsBefore(holding.first, by)) continue;
    const { order, at } = by.ended;
    const isInTime = at + plan.mostSkewMillis < deadlineOf(holding, by.begun.order);
    const isSettled = holding.reports.some(other => other.by !== by && other.by.begun.order < order);
    const isWorkers = by.input.worker === undefined || holding.first.caller === by.caller;
    if (isInTime && !isSettled && isWorkers && !restartedBetween(holding.first.begun.order, order))
      yield `${holding.did}: ${token} was ${says}, though its lease stood`;
  }
};

/** A restart of all files voids what was given before. */
export const fencedByRestart: Rule = function* ({ facts, byToken }) {
  for (const restart of facts.restarts) {
    const states = restart.input.states;
    if (restart.ended?.status !== 200 || !Array.isArray(states) || states.length < 3) continue;
    for (const holding of byToken.values())
      for (const { by } of counted(holding))
        if (endsBefore(holding.first, restart) && endsBefore(restart, by))
          yield `${holding.did}: a report of ${holding.token} counted after the restart`;
  }
};

/** A report that counted and ended its file is answered in the same way when it is repeated. */
export const repeats: Rule = function* ({ byToken, restartedBetween }) {
  for (const holding of byToken.values())
    for (const { by, verdict, answer } of counted(holding)) {
      if (answer?.says !== 'done' && answer?.says !== 'failed') continue;
      const refused = holding.reports.find(
        other =>
          other.verdict === verdict &&
          other.answer?.kind === 'refused' &&
          endsBefore(by, other.by) &&
          !restartedBetween(by.begun.order, other.by.ended?.order ?? 0),
      );
      if (refused)
        yield `${holding.did}: the repeated report of ${holding.token} was refused: ${refused.answer?.says}`;
      const otherwise = holding.reports.find(
        other => other.answer?.kind === 'repeated' && other.verdict === 'release',
      );
      if (otherwise)
        yield `${holding.did}: ${holding.token} ended it, and its release is called a repetition`;
    }
};

/** A token is given to one worker only. */
export const unique: Rule = function* ({ byToken }) {
  for (const { did, token, grants, first } of byToken.values()) {
    const other = grants.find(({ by }) => by.caller !== first.caller);
    if (other) yield `${did}: ${token} was given to ${first.caller} and ${other.by.caller}`;
    if (grants.some(grant => grant.did !== did)) yield `${token} was given for two files`;
  }
};
