import { field, list, number, text } from '../../check/read.ts';
import type { Delivery, Operation } from '../../history.ts';

export type Answered = Operation & { readonly ended: NonNullable<Operation['ended']> };

/** An answer that a worker holds a task, until `deadline`, ms since 1970. */
export interface Grant {
  readonly by: Answered;
  readonly token: string;
  readonly task: string;
  readonly attempt: number;
  readonly deadline: number;
  /** When it was given first, by some clock of the service: a repeated request is given it again. */
  readonly startedAt: number;
}

/** A worker's word that an attempt ended and, if there is one, the answer to it. */
export interface End {
  readonly by: Operation;
  readonly token: string;
  readonly outcome: string;
  readonly retry: boolean;
  /** `says`: what the task is now; of a refused one why it is. */
  readonly answer?: { readonly kind: 'counted' | 'repeated' | 'refused'; readonly says: string };
}

/** The answer to a heartbeat or an update about one token: until when it is held, or that it is not. */
interface Beat {
  readonly by: Answered;
  readonly token: string;
  readonly deadline: number | undefined;
}

/** What somebody was told of a task. */
export interface Sight {
  readonly by: Answered;
  readonly task: string;
  readonly state: string;
  readonly attempt: number;
  /** Absent where only its state was told. */
  readonly view?: unknown;
}

/** What was said of tasks, in the order in which it was said. */
export interface Facts {
  readonly operations: readonly Operation[];
  readonly answered: readonly Answered[];
  /** Calls by which more tasks may have been reserved than they were answered. */
  readonly doubtful: readonly Operation[];
  readonly grants: readonly Grant[];
  readonly ends: readonly End[];
  readonly beats: readonly Beat[];
  readonly sights: readonly Sight[];
  readonly deliveries: readonly Delivery[];
}

export function factsOf(
  operations: readonly Operation[],
  deliveries: readonly Delivery[],
  isFair: boolean,
): Facts {
  const answered = operations.filter(isAnswered);
  return {
    operations,
    answered,
    deliveries,
    doubtful: operations.filter(
      ({ verb, ended }) =>
        (verb === 'reserve' || verb === 'reserve-by-ticket') &&
        (!ended || ended.status >= 500 || (!isFair && field(ended.body, 'status') === 'reserved')),
    ),
    grants: answered.flatMap(grantsOf),
    ends: operations.filter(({ verb }) => verb === 'end').map(endOf),
    beats: answered.flatMap(beatsOf),
    sights: answered.flatMap(sightsOf),
  };
}

/**
 * The call that may have reserved what an answer told of first: the first sending of a request that is repeated; of what a
 * worker finds that it holds, one that nobody answered.
 */
export function firstAsked({ operations }: Facts, answer: Answered): Operation {
  const mayHaveReserved = ({ caller, verb, input, ended }: Operation) =>
    caller === answer.caller &&
    (answer.verb === 'held'
      ? verb === 'reserve' && !ended
      : verb === answer.verb && input.requestId === answer.input.requestId);
  return operations.find(mayHaveReserved) ?? answer;
}

function isAnswered(operation: Operation): operation is Answered {
  return operation.ended !== undefined;
}

function grantsOf(by: Answered): Grant[] {
  return reservedIn(by).map(one => ({
    by,
    token: text(one, 'token'),
    task: text(field(one, 'task'), 'id'),
    attempt: number(field(one, 'task'), 'attempt'),
    deadline: number(one, 'deadline'),
    startedAt: number(field(one, 'task'), 'startedAt'),
  }));
}

function reservedIn({ verb, ended }: Answered): readonly unknown[] {
  if (verb === 'reserve' || verb === 'held') return list(ended.body, 'tasks');
  const one = verb === 'reserve-by-ticket' ? field(ended.body, 'reservation') : undefined;
  return one === undefined ? [] : [one];
}

function endOf(by: Operation): End {
  const { input, ended } = by;
  const said = {
    ...{ by, token: text(input, 'token'), outcome: text(input, 'outcome') },
    retry: field(input, 'retry') !== false,
  };
  if (ended?.status === 409) return { ...said, answer: { kind: 'refused', says: text(ended.body, 'code') } };
  if (ended?.status !== 200) return said;
  const kind = field(ended.body, 'repeated') === true ? 'repeated' : 'counted';
  return { ...said, answer: { kind, says: text(ended.body, 'state') } };
}

function beatsOf(by: Answered): Beat[] {
  const { verb, input, ended } = by;
  if (verb === 'update' && ended.status === 200)
    return [{ by, token: text(input, 'token'), deadline: number(ended.body, 'deadline') }];
  if (verb === 'update' && ended.status === 409)
    return [{ by, token: text(input, 'token'), deadline: undefined }];
  if (verb !== 'heartbeat') return [];
  return [
    ...list(ended.body, 'kept').map(one => ({
      by,
      token: text(one, 'token'),
      deadline: number(one, 'deadline'),
    })),
    ...list(ended.body, 'lost').map(token => ({ by, token: String(token), deadline: undefined })),
  ];
}

function sightsOf(by: Answered): Sight[] {
  const { kind, ended } = by;
  if (kind !== 'tasks' || ended.status >= 300) return [];
  const { body } = ended;
  const views = [
    ...(field(body, 'id') === undefined ? [] : [body]),
    ...list(body, 'tasks').map(one => field(one, 'task') ?? one),
    ...(field(body, 'reservation') === undefined ? [] : [field(field(body, 'reservation'), 'task')]),
  ];
  return views.map(view => ({
    ...{ by, view, task: text(view, 'id'), state: text(view, 'state') },
    attempt: number(view, 'attempt'),
  }));
}
