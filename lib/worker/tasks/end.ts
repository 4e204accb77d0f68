import { type JsonObject, jsonFault } from '../../contract/json.ts';
import { LIMITS } from '../../contract/limits.ts';
import { messageOf } from '../handler.ts';
import { PermanentError, type Ran } from './handlers.ts';

/** How an attempt of a task ended, as the server is told. */
export type TaskEnd =
  | { readonly outcome: 'succeeded'; readonly result?: JsonObject }
  | {
      readonly outcome: 'failed';
      readonly error: { readonly message: string; readonly stack?: string };
      readonly retry: boolean;
      /** Its handler was called; unless given, it was. */
      readonly begun?: boolean;
    }
  | { readonly outcome: 'released' | 'cancelled' };

const INTERRUPTED: TaskEnd = {
  outcome: 'failed',
  error: { message: 'interrupted: the worker was stopped before the task was finished' },
  retry: true,
};

/** What a task counts as whose handler was aborted: what was finished is finished. */
export function afterAbort(end: TaskEnd | undefined, why: 'interrupted' | 'cancelled'): TaskEnd {
  if (end?.outcome === 'succeeded') return end;
  if (why === 'cancelled') return { outcome: 'cancelled' };
  return end && end.outcome !== 'failed' ? end : INTERRUPTED;
}

/** The end of a handler that threw nothing. */
export function endOf(ran: Ran): TaskEnd {
  if (ran === 'released') return { outcome: 'released' };
  const { result } = ran;
  if (result === undefined) return { outcome: 'succeeded' };
  const fault = jsonFault('results', result);
  if (fault) throw new PermanentError(fault);
  return { outcome: 'succeeded', result };
}

interface Failing {
  /** False: it was refused before its handler had begun. */
  readonly begun?: boolean;
  /** Takes out what nobody is to see. */
  readonly redact?: (text: string) => string;
}

/** The end of one that threw. */
export function failure(thrown: unknown, { begun = true, redact = text => text }: Failing = {}): TaskEnd {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return {
    outcome: 'failed',
    error: {
      message: shorten(redact(messageOf(thrown)) || 'it failed without a word', LIMITS.errorLength),
      ...(stack !== undefined && { stack: shorten(redact(stack), LIMITS.stackLength) }),
    },
    retry: !(thrown instanceof PermanentError),
    ...(!begun && { begun }),
  };
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
