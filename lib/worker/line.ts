import { UnreachableError } from '../client/index.ts';
import { backoffMs, type Clock } from './clock.ts';

/** How long a server may take over a call that does not wait, before it counts as away. */
const ANSWER_SECONDS = 30;

export interface LineOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Once aborted, a call that fails is not repeated; one that was waiting to be repeated gets a last try. */
  readonly closing: AbortSignal;
  /** A call failed for the first time since the last answer. */
  readonly onAway?: (error: UnreachableError) => void;
  /** An answer came after failures. */
  readonly onBack?: () => void;
}

/** The way to a server that may be away at any time. */
export interface Line {
  /**
   * Repeats a call until it is answered, with growing pauses. An answer may have been lost on its way, so the
   * call must be one that may arrive twice.
   *
   * Fails with the server's refusal, or with the last `UnreachableError` once the line is closing.
   */
  ask<T>(call: Repeatable<T>, options?: AskOptions): Promise<T>;
}

/** `repeated`: it was made before, and its answer may have been lost. */
type Repeatable<T> = (signal: AbortSignal, repeated: boolean) => Promise<T>;

interface AskOptions {
  /** How long the call itself asks the server to wait. */
  readonly waitSeconds?: number;
  /** Cuts a waiting call short; it is repeated at once, because what it did at the server is not known. */
  readonly cutShort?: AbortSignal | undefined;
}

export function createLine(options: LineOptions): Line {
  const { clock, random, closing } = options;
  let away = false;
  return {
    async ask(call, { waitSeconds = 0, cutShort } = {}) {
      let repeated = false;
      for (let failures = 0; ; repeated = true) {
        const wasCut = cutShort?.aborted === true;
        try {
          const answer = await limited(
            signal => call(signal, repeated),
            clock,
            ANSWER_SECONDS + waitSeconds,
            wasCut ? undefined : cutShort,
          );
          if (away) options.onBack?.();
          away = false;
          return answer;
        } catch (error) {
          if (cutShort?.aborted && !wasCut) continue;
          if (!(error instanceof UnreachableError)) throw error;
          failures += 1;
          if (!away) options.onAway?.(error);
          away = true;
          if (closing.aborted) throw error;
          await clock.sleep(backoffMs(failures, random), closing);
        }
      }
    },
  };
}

/** Makes a call, and takes the server for away when it has not answered in time. */
export async function limited<T>(
  call: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  seconds: number,
  cutShort?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const answered = new AbortController();
  void clock.sleep(seconds * 1000, answered.signal).then(() => {
    if (!answered.signal.aborted) limit.abort(new UnreachableError(`no answer within ${seconds} s`));
  });
  try {
    return await call(cutShort ? AbortSignal.any([limit.signal, cutShort]) : limit.signal);
  } finally {
    answered.abort();
  }
}
