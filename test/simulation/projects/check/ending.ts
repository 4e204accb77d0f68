import { field, list, number, text } from '../../check/read.ts';
import type { Fault } from '../../faults.ts';
import { mayHaveRunOut } from './attempts.ts';
import type { Answered } from './facts.ts';
import { counted } from './order.ts';
import type { Case, Holding, Rule } from './rules.ts';

/** Nobody hears that a project is over before each of its files may have been done or failed. */
export const notEarly: Rule = function* (given) {
  for (const told of given.facts.answered) {
    if (!saysOver(told)) continue;
    const since = lastFullRestart(given, told);
    for (const did of didsOf(given))
      if (!mayHaveEnded(given, given.files.get(did) ?? [], told, since))
        yield `${did}: the project was called over while it could not be done or failed`;
  }
};

/** Faults that delay and repeat, but keep no function from what it does. */
const HARMLESS: ReadonlySet<Fault> = new Set([
  ...(['slow', 'false-empty', 'two-consumers', 'tickets-reordered', 'visibility-lapsed'] as const),
  ...(['ticket-doubled', 'clock-skewed', 'clock-stepped-back', 'other-version'] as const),
  ...(['request-lost', 'request-doubled', 'connection-reset', 'answer-lost', 'storm-429'] as const),
]);

/** A process that just saw that the project is not over says so for a second more. */
const REMEMBERED_MILLIS = 1_000;

/** Where no function was kept from it, a project is over soon after the last report of its files was answered. */
export const prompt: Rule = function* (given) {
  const { plan, facts, files, injected } = given;
  if (plan.meddling !== 'nothing' || !injected.every(fault => HARMLESS.has(fault))) return;
  const ends = didsOf(given).map(did =>
    (files.get(did) ?? [])
      .flatMap(counted)
      .find(({ answer }) => answer?.says === 'done' || answer?.says === 'failed'),
  );
  const since = Math.max(...ends.map(report => report?.by.ended.at ?? Number.POSITIVE_INFINITY));
  const known = since + REMEMBERED_MILLIS + 2 * plan.mostSkewMillis;
  for (const asked of facts.answered) {
    const isAsking =
      asked.verb === 'reserve' || asked.verb === 'GET' || field(asked.input, 'reserve') !== undefined;
    if (isAsking && asked.begun.at > known && asked.ended.status === 200 && !saysOver(asked))
      yield `${asked.caller} was not told that the project is over, though all files were done or failed`;
  }
};

function saysOver({ verb, ended: { body } }: Answered): boolean {
  const state = field(body, 'state');
  const isView = verb === 'GET' && (state === 'done' || state === 'failed');
  return isView || field(body, 'status') === 'done' || field(field(body, 'next'), 'status') === 'done';
}

function didsOf({ plan }: Case): string[] {
  return Array.from({ length: plan.files }, (_, n) => `f${n}`);
}

/** When the last restart of all files began that was answered before; what was reported before it counts no more. */
function lastFullRestart({ facts }: Case, told: Answered): number {
  if (facts.restarts.length === 0) return 0;
  const full = facts.restarts.filter(
    ({ input, ended }) =>
      ended?.status === 200 && ended.order < told.begun.order && list(input, 'states').length === 3,
  );
  return Math.max(0, ...full.map(({ begun }) => begun.order));
}

function mayHaveEnded(given: Case, holdings: readonly Holding[], told: Answered, since: number): boolean {
  const { maxAttempts } = given.plan;
  const isEnding = holdings.some(({ attempt, reports }) =>
    reports.some(
      ({ by, verdict, answer }) =>
        answer?.kind !== 'refused' &&
        by.begun.order < told.ended.order &&
        (by.ended?.order ?? Number.POSITIVE_INFINITY) > since &&
        (verdict === 'done' || verdict === 'failed' || (verdict === 'retry' && attempt === maxAttempts)),
    ),
  );
  return isEnding || mayHaveRunOut(given, holdings, told.ended.order, told.ended.at);
}

/** In the end every file is there once, done or failed, as those were told who reported it. */
export const final: Rule = function* (given) {
  const { plan, facts, files, restartedBetween } = given;
  const listing = facts.answered.findLast(({ verb, ended }) => verb === 'files' && ended.status === 200);
  const view = facts.answered.findLast(({ verb, ended }) => verb === 'GET' && ended.status === 200);
  if (!listing || !view) return yield 'nobody looked at the files in the end';
  const listed = list(listing.ended.body, 'files');
  const dids = listed.map(file => text(file, 'did'));
  if (dids.toSorted().join() !== didsOf(given).toSorted().join())
    yield `the project has the files ${dids.join(', ')} and not those it was created with`;
  for (const file of listed) {
    const did = text(file, 'did');
    const state = text(file, 'state');
    const holdings = files.get(did) ?? [];
    if (state !== 'done' && state !== 'failed') yield `${did}: it is ${state} in the end`;
    const last = holdings
      .flatMap(counted)
      .filter(({ answer }) => answer?.says === 'done' || answer?.says === 'failed')
      .findLast(({ by }) => !restartedBetween(by.begun.order, listing.ended.order));
    if (last && last.answer?.says !== state)
      yield `${did}: it is ${state}, though the report of ${last.token} was answered ${last.answer?.says}`;
    const winner = holdings.find(({ reports, attempt }) =>
      reports.some(
        ({ verdict, answer }) =>
          verdict === 'done' && answer?.kind !== 'refused' && attempt === number(file, 'attempts'),
      ),
    );
    if (state === 'done' && !winner) yield `${did}: it is done, but nobody said so of its last attempt`;
    if (state === 'failed' && !mayHaveFailed(given, holdings, listing))
      yield `${did}: it failed without a cause`;
    if (number(file, 'attempts') > (plan.maxAttempts ?? Number.POSITIVE_INFINITY))
      yield `${did}: it had more attempts than it may`;
  }
  yield* agrees(listed, view);
};

function mayHaveFailed(given: Case, holdings: readonly Holding[], { ended }: Answered): boolean {
  const isReported = holdings.some(({ attempt, reports }) =>
    reports.some(
      ({ verdict, answer }) =>
        answer?.kind !== 'refused' &&
        (verdict === 'failed' || (verdict === 'retry' && attempt === given.plan.maxAttempts)),
    ),
  );
  return isReported || mayHaveRunOut(given, holdings, ended.order, ended.at);
}

function* agrees(listed: readonly unknown[], view: Answered): Generator<string> {
  const failed = listed.filter(file => text(file, 'state') === 'failed').length;
  const { body } = view.ended;
  const counts = field(body, 'counts');
  if (number(counts, 'failed') !== failed || number(counts, 'done') !== listed.length - failed)
    yield `the project counts ${JSON.stringify(counts)} and lists ${failed} failed of ${listed.length}`;
  const state = failed > 0 ? 'failed' : 'done';
  if (text(body, 'state') !== state) yield `the project is ${text(body, 'state')}, and not ${state}`;
}
