import type { RouteReply } from '../contract/routes.ts';

type Held = RouteReply<'held'>['reservations'][number];
/** As the server hands it out; `held` says whose it is, too. */
export type Reservation = Omit<Held, 'worker'> & { readonly worker?: string };

/** A file that the worker holds, as its handler sees it. Replicas are nearest first. */
export type FileTask = Omit<Held, 'worker'> & {
  /** The nearest replica's URL; absent where the file has none. */
  readonly url?: string | undefined;
};

export function fileTask({ worker: _self, ...reservation }: Reservation): FileTask {
  return { ...reservation, url: reservation.replicas[0]?.url };
}

/** What became of a file. `failed` is the reason, for people; `retry` says whether another attempt may succeed. */
export type Outcome = { readonly done: true } | { readonly failed: string; readonly retry: boolean };

export interface HandlerContext {
  /** Aborted when the result is no longer wanted: the lease was lost, or the worker stops and cannot wait longer. */
  readonly signal: AbortSignal;
}

/**
 * Works on one file. To return nothing is to be done; to throw is to have failed with the error's message as the
 * reason, and to be tried again. Throw `FatalError` when no file at all can be worked on here.
 */
export type Handler = (file: FileTask, context: HandlerContext) => Promise<Outcome | undefined>;

/** The worker itself cannot go on: it gives back what it holds and ends with this error. */
export class FatalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FatalError';
  }
}

const INTERRUPTED: Outcome = {
  failed: 'interrupted: the worker was stopped before the file was finished',
  retry: true,
};

/** What a file counts as whose handler was aborted: what is done is done. */
export function afterAbort(outcome: Outcome | undefined): Outcome {
  return outcome && 'done' in outcome ? outcome : INTERRUPTED;
}

/** Runs the handler and puts the ways it can end into one value; it fails with `FatalError` only. */
export async function outcomeOf(handler: Handler, file: FileTask, context: HandlerContext): Promise<Outcome> {
  try {
    return (await handler(file, context)) ?? { done: true };
  } catch (error) {
    if (error instanceof FatalError) throw error;
    return { failed: messageOf(error), retry: true };
  }
}

/** An error's message; something else that was thrown, as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : String(error);
}
