import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { RouteInput } from '../../contract/routes.ts';
import type { ReserveReply } from '../../contract/work.ts';
import type { Context } from '../frame/context.ts';

/** How long to wait, in seconds, Infinity for as long as it takes, and how long the worker itself has. */
export interface Patience {
  readonly waitSeconds: number;
  readonly secondsLeft: number | undefined;
}

/**
 * Reserves a file, waiting for one as long as asked; the server waits only for a while at a time. The worker's own
 * time runs out meanwhile: nothing is waited for that could not be finished then.
 */
export async function nextFile(
  { now, signal }: Pick<Context, 'now' | 'signal'>,
  client: Pick<Client, 'reserve'>,
  request: Omit<RouteInput<'reserve'>, 'waitSeconds' | 'secondsLeft'>,
  { waitSeconds, secondsLeft = Number.POSITIVE_INFINITY }: Patience,
): Promise<ReserveReply> {
  const began = now();
  for (;;) {
    const elapsed = (now() - began) / 1000;
    const left = secondsLeft - elapsed;
    const reply = await client.reserve(
      {
        ...request,
        waitSeconds: Math.max(0, Math.min(waitSeconds - elapsed, left, LIMITS.waitSeconds)),
        ...(Number.isFinite(left) && { secondsLeft: Math.max(left, LEAST_SECONDS) }),
      },
      { signal },
    );
    const remaining = Math.min(waitSeconds, secondsLeft) * 1000 - (now() - began);
    if (reply.status !== 'wait' || remaining <= 0) return reply;
    await setTimeout(Math.min(reply.retryAfterSeconds * 1000, remaining), undefined, { signal });
  }
}

/** The server takes no time of zero. */
const LEAST_SECONDS = 0.001;
