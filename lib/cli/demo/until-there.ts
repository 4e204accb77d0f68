import { setTimeout } from 'node:timers/promises';
import { type Client, UnreachableError } from '../../client/index.ts';

const POLL_MILLIS = 20;

/** Waits until a server that is being started answers. */
export async function untilThere(client: Client, signal?: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await client.health({});
      return;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      await setTimeout(POLL_MILLIS, undefined, { ...(signal && { signal }) });
    }
  }
}
