import { field, list, number, text } from '../../check/read.ts';
import type { Operation } from '../../history.ts';
import type { Case, Rule } from './rules.ts';

/** The events of one life of a worker with one attempt are numbered; it may be killed, and take the attempt up again. */
interface Told {
  readonly life: string;
  readonly n: number;
}

/** The history of a task has the newest events that were told, each once, in their order, and as many as it is to keep. */
export const history: Rule = function* (given) {
  const { plan, facts, sights } = given;
  for (const [task, seen] of sights) {
    const last = seen.findLast(({ by }) => by.verb === 'GET');
    if (!last) continue;
    const kept = list(last.view, 'history').map(toldOf);
    if (kept.length > plan.maxlen) yield `${task}: it keeps ${kept.length} events of ${plan.maxlen}`;
    const asked = facts.operations.filter(
      ({ verb, input }) => verb === 'update' && isOf(task, input) && field(input, 'event') !== undefined,
    );
    for (const [index, told] of kept.entries()) {
      const late = kept
        .slice(index + 1)
        .filter(({ life, n }) => life === told.life && n <= told.n)
        .find(later => later.n === told.n || isToldBefore(asked, later, told));
      if (late) yield `${task}: in ${told.life} it keeps ${late.n} after ${told.n}`;
    }
    const heard = new Set(
      asked
        .filter(({ ended }) => ended?.status === 200)
        .map(({ input }) => nameOf(toldOf({ event: input.event }))),
    );
    if (kept.length < Math.min(plan.maxlen, heard.size))
      yield `${task}: it keeps ${kept.length} events of ${heard.size} that were told`;
    const lastEvent = field(last.view, 'lastEvent');
    if (heard.size > 0 && lastEvent === undefined) yield `${task}: its last event was forgotten`;
    const newest = kept.at(-1);
    if (newest && nameOf(newest) !== nameOf(toldOf(lastEvent)))
      yield `${task}: its last event is not the last one it keeps`;
  }
};

/** Whether it was all over with one event before the other was told: who does not wait for an answer has no order. */
function isToldBefore(asked: readonly Operation[], one: Told, other: Told): boolean {
  const of = (told: Told) =>
    asked.filter(({ input }) => nameOf(toldOf({ event: input.event })) === nameOf(told));
  const begun = Math.min(...of(other).map(operation => operation.begun.order));
  return of(one).every(({ ended }) => ended !== undefined && ended.order < begun);
}

function isOf(task: string, input: unknown): boolean {
  return text(input, 'token').startsWith(`${task}.`);
}

function toldOf(entry: unknown): Told {
  const event = field(entry, 'event');
  return { life: text(event, 'life'), n: number(event, 'n') };
}

function nameOf({ life, n }: Told): string {
  return `${life} ${n}`;
}

/** What a task came to is what the attempt said that won. */
export const results: Rule = function* (given) {
  for (const [task, seen] of given.sights)
    for (const { state, view } of seen) {
      if (state !== 'succeeded' || field(view, 'history') === undefined) continue;
      const by = text(field(view, 'result'), 'by');
      if (!mayHaveWon(given, task, by)) yield `${task}: its result is that of ${by || 'nobody'}`;
    }
};

function mayHaveWon({ tasks }: Case, task: string, token: string): boolean {
  const holding = tasks.get(task)?.find(one => one.token === token);
  return (
    holding?.ends.some(({ outcome, answer }) => outcome === 'succeeded' && answer?.kind !== 'refused') ??
    false
  );
}
