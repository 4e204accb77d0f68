import { advance } from '../../../lib/dispatch/advance.ts';
import { heartbeat } from '../../../lib/dispatch/heartbeat.ts';
import { PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { ProblemError } from '../../../lib/dispatch/problem.ts';
import { parseToken } from '../../../lib/domain/token.ts';
import { type Functions, TooManyRequests } from './functions.ts';
import type { Service } from './table.ts';

export interface Job {
  readonly service: Service;
  readonly functions: Functions;
  readonly project: number;
  /** Files asked for at a time, and reported together. */
  readonly perCall: number;
  readonly leaseSeconds: number;
  /** How long a file takes, ms. */
  readonly millisOf: (file: { block: number; slot: number }) => number;
  /** Told of files whose report was accepted. */
  readonly onDone: (files: number) => void;
}

export const CALL = { caller: { user: 'fleet', roles: [], admin: true } };
const LONGEST_BACKOFF_MILLIS = 60_000;

/** Asks, works, reports, until the project is over; or until it dies, at `diesAt`: then it just stops. */
export async function work(job: Job, worker: string, diesAt: number): Promise<'over' | 'died'> {
  const { service, functions, project, perCall } = job;
  const { clock, random } = service;
  let done: { token: string }[] = [];
  for (let requests = 0; ; requests += 1) {
    const asked = {
      ...{ worker, requestId: String(requests), done, failed: [], released: [] },
      reserve: { count: perCall, waitSeconds: 0 },
    };
    const reply = await untilAnswered(job, () =>
      functions.invoke(context => advance(context, CALL, { ...asked, project })),
    );
    job.onDone(reply.results.filter(({ accepted }) => accepted).length);
    done = [];
    const { next } = reply;
    if (next?.status === 'done') return 'over';
    if (next?.status === 'reserved') {
      const tokens = next.reservations.map(({ token }) => token);
      if (!(await workOn(job, worker, tokens, diesAt))) return 'died';
      done = tokens.map(token => ({ token }));
    } else {
      service.meter.waits += 1;
      await clock.sleep(1000 * (next?.retryAfterSeconds ?? 0) * (0.8 + 0.4 * random()));
    }
    if (clock.now() >= diesAt) return 'died';
  }
}

/** Works on one file after the other, with a heartbeat each third of the lease. False: it died. */
async function workOn(job: Job, worker: string, tokens: readonly string[], diesAt: number): Promise<boolean> {
  const { clock } = job.service;
  const beat = (job.leaseSeconds * 1000) / 3;
  let left = tokens.reduce((sum, token) => sum + millisOf(job, token), 0);
  while (left > 0) {
    const millis = Math.min(left, beat, diesAt - clock.now());
    await clock.sleep(millis);
    left -= millis;
    if (clock.now() >= diesAt) return false;
    if (left > 0)
      await untilAnswered(job, () =>
        job.functions.invoke(context =>
          heartbeat(context, CALL, { project: job.project, worker, tokens: [...tokens] }),
        ),
      );
  }
  return true;
}

function millisOf({ millisOf }: Job, text: string): number {
  const token = parseToken(text);
  if (!token) throw new Error(`${text} is not a token`);
  return millisOf(token);
}

/** Asks again, after longer and longer pauses, when there is no answer. */
async function untilAnswered<T>({ service }: Job, ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isPassing =
        error instanceof TooManyRequests ||
        error instanceof PortUnavailable ||
        (error instanceof ProblemError && error.code === 'busy');
      if (!isPassing) throw error;
      const pause = Math.min(LONGEST_BACKOFF_MILLIS, 500 * 2 ** tries);
      await service.clock.sleep(pause * (0.5 + service.random() / 2));
    }
  }
}
