import { field, list, number, text } from '../../check/read.ts';
import type { Operation } from '../../history.ts';

/** An answer that a worker holds a file, until `deadline`, ms since 1970. */
export interface Grant {
  readonly by: Answered;
  readonly token: string;
  readonly did: string;
  readonly attempt: number;
  /** Infinite where leases have no end. */
  readonly deadline: number;
}

type Verdict = 'done' | 'retry' | 'failed' | 'release';

/** A report and, if there is one, the answer to it. */
export interface Report {
  readonly by: Operation;
  readonly token: string;
  readonly verdict: Verdict;
  readonly answer?: ReportAnswer;
}

interface ReportAnswer {
  /** It counted, by this very call. */
  readonly kind: 'counted' | 'repeated' | 'refused';
  /** What the file is now; of a refused one why it is. */
  readonly says: string;
  /** The token that the answer names. */
  readonly token?: string;
}

/** The answer to a heartbeat about one token: until when it is held, or that it is not. */
interface Beat {
  readonly by: Answered;
  readonly token: string;
  readonly deadline: number | undefined;
}

export type Answered = Operation & { readonly ended: NonNullable<Operation['ended']> };

/** What was said of a project's files, in the order in which it was said. */
export interface Facts {
  readonly answered: readonly Answered[];
  /** Calls that ask for files by which more may have been reserved than they were answered. */
  readonly doubtful: readonly Operation[];
  readonly grants: readonly Grant[];
  readonly reports: readonly Report[];
  readonly beats: readonly Beat[];
  readonly restarts: readonly Operation[];
}

export function factsOf(operations: readonly Operation[], project: number, isFair: boolean): Facts {
  const own = whileThere(
    operations.filter(({ kind, about }) => kind === 'projects' && about === String(project)),
  );
  const answered = own.filter(isAnswered);
  const asking = own.filter(({ verb, input }) => verb === 'reserve' || field(input, 'reserve') !== undefined);
  return {
    answered,
    doubtful: asking.filter(
      ({ ended }) => !ended || ended.status >= 500 || (!isFair && isPartial(ended.body)),
    ),
    grants: answered.flatMap(grantsOf),
    reports: own.flatMap(reportsOf),
    beats: answered.flatMap(beatsOf),
    restarts: restartsIn(own),
  };
}

/**
 * What is answered when a project is already being deleted may be as if nothing had been done of it: so it counts as
 * not answered.
 */
function whileThere(own: readonly Operation[]): Operation[] {
  const deletedAt = own.find(({ verb }) => verb === 'DELETE')?.begun.order ?? Number.POSITIVE_INFINITY;
  return own.map(({ ended, ...operation }) =>
    ended && ended.order < deletedAt ? { ...operation, ended } : operation,
  );
}

/** What is asked for again under the same id is one restart: from its first sending until it was answered. */
function restartsIn(own: readonly Operation[]): Operation[] {
  const sent = own.filter(({ verb, ended }) => verb === 'restart' && ended?.status !== 409);
  const byRequest = Map.groupBy(sent, ({ input }) => text(input, 'requestId'));
  return [...byRequest.values()].flatMap(copies => {
    const [first] = copies;
    const { ended } = copies.find(copy => copy.ended?.status === 200) ?? copies.at(-1) ?? {};
    return first ? [{ ...first, ended }] : [];
  });
}

/** It names files, perhaps not all: a look for more may have failed. */
function isPartial(body: unknown): boolean {
  return field(body, 'status') === 'reserved' || field(field(body, 'next'), 'status') === 'reserved';
}

function deadlineIn(one: unknown): number {
  return field(one, 'deadline') === null ? Number.POSITIVE_INFINITY : number(one, 'deadline');
}

function isAnswered(operation: Operation): operation is Answered {
  return operation.ended !== undefined;
}

function grantsOf(by: Answered): Grant[] {
  const { body } = by.ended;
  const reservations = [...list(body, 'reservations'), ...list(field(body, 'next'), 'reservations')];
  return reservations.map(one => ({
    by,
    token: text(one, 'token'),
    did: text(one, 'did'),
    attempt: number(one, 'attempt'),
    deadline: deadlineIn(one),
  }));
}

/** In the order in which they are answered. */
function reportsOf(by: Operation): Report[] {
  const { input, ended } = by;
  const said: { token: string; verdict: Verdict }[] = [
    ...list(input, 'done').map(token => ({ token: String(token), verdict: 'done' as const })),
    ...list(input, 'failed').map(one => ({
      token: text(one, 'token'),
      verdict: field(one, 'retry') === false ? ('failed' as const) : ('retry' as const),
    })),
    ...list(input, 'released').map(token => ({ token: String(token), verdict: 'release' as const })),
  ];
  const results = list(ended?.body, 'results');
  // A single report that is refused is answered with a problem; so is a request that failed as a whole.
  const isRefusal =
    said.length === 1 && ended?.status === 409 && text(ended.body, 'code') !== 'project_inactive';
  const refusal: ReportAnswer | undefined = isRefusal
    ? { kind: 'refused', says: text(ended.body, 'code') }
    : undefined;
  return said.map((one, index) => {
    const answer = results[index] === undefined ? refusal : answerOf(results[index]);
    return { by, ...one, ...(answer && { answer }) };
  });
}

function answerOf(result: unknown): ReportAnswer {
  const token = text(result, 'token');
  if (field(result, 'accepted') !== true) return { kind: 'refused', says: text(result, 'code'), token };
  const kind = field(result, 'repeated') === true ? 'repeated' : 'counted';
  return { kind, says: text(result, 'state'), token };
}

function beatsOf(by: Answered): Beat[] {
  if (by.verb !== 'heartbeat') return [];
  const { body } = by.ended;
  return [
    ...list(body, 'kept').map(one => ({ by, token: text(one, 'token'), deadline: deadlineIn(one) })),
    ...list(body, 'lost').map(token => ({ by, token: String(token), deadline: undefined })),
  ];
}
