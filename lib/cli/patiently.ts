import { setTimeout } from 'node:timers/promises';
import { UnreachableError } from '../client/index.ts';
import type { Context } from './frame/context.ts';

/** As long as a server may take to come back. */
const AWAY_MS = 5 * 60_000;

export interface Patience {
  /** Between two attempts. */
  readonly pauseSeconds: number;
  /** Makes room on stderr for a sentence. */
  readonly clear: () => void;
}

/**
 * Asks the server, and asks again while it is away: whoever watches something for hours should not have to begin
 * anew because the server was restarted. Throws `UnreachableError` when it stays away.
 */
export async function patiently<T>(
  { now, signal, stderr }: Pick<Context, 'now' | 'signal' | 'stderr'>,
  { pauseSeconds, clear }: Patience,
  ask: () => Promise<T>,
): Promise<T> {
  let awaySince: number | undefined;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      if (awaySince === undefined) {
        clear();
        stderr.write(`the server does not answer (${error.message}); asking again\n`);
      }
      awaySince ??= now();
      if (now() - awaySince >= AWAY_MS) throw error;
    }
    await setTimeout(pauseSeconds * 1000, undefined, { signal });
  }
}
