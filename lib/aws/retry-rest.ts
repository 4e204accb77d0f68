import { type Clock, PortUnavailable } from '../dispatch/ports.ts';

const TRIES = 8;
const FIRST_PAUSE_MILLIS = 25;

/**
 * Sends a batch of which AWS may take only a part; `send` answers what it did not take, and that is sent again after
 * longer and longer pauses. Fails with `PortUnavailable` when some of it is never taken.
 */
export async function retryRest<T>(
  clock: Clock,
  what: string,
  batch: readonly T[],
  send: (rest: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let rest = batch;
  for (let tries = 1; ; tries += 1) {
    rest = await send(rest);
    if (rest.length === 0) return;
    if (tries === TRIES)
      throw new PortUnavailable(
        `${what}: ${rest.length} of ${batch.length} were not taken in ${TRIES} tries`,
      );
    await clock.sleep(FIRST_PAUSE_MILLIS * 2 ** (tries - 1) * (0.5 + Math.random()));
  }
}
