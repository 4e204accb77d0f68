import { RefusedError } from '../../client/index.ts';
import type { RouteInput } from '../../contract/routes.ts';
import { RefusalCode } from '../../contract/work.ts';
import type { Leases } from '../bench.ts';
import type { Clock } from '../clock.ts';
import type { Line } from '../line.ts';
import type { TaskWorkerClient } from './options.ts';

type Words = Omit<RouteInput<'updateTask'>, 'token' | 'requestId'>;

/** What changes often, such as progress, is told once in this time. */
const PACE_MS = 1000;

/** Tells the server of a task that is run, one thing after the other. */
export interface Teller {
  /** Resolves when the server knows. Fails with the server's refusal; a lease that is gone is lost by that. */
  tell(words: Words): Promise<void>;
  /** Tells it at once, and waits for no answer. */
  say(words: Words): void;
  /** Tells it within a second, unless something newer of its kind comes meanwhile. */
  soon(words: Words): void;
  /** Tells what waits, at once; to be awaited before the task is ended. */
  close(): Promise<void>;
}

export interface TellerOptions {
  readonly client: Pick<TaskWorkerClient, 'updateTask'>;
  readonly line: Line;
  readonly token: string;
  readonly clock: Clock;
  readonly newRequestId: () => string;
  readonly leases: Leases;
  readonly onCancelled: () => void;
  /** Something that was to be told soon was refused. */
  readonly onRefused: (error: unknown) => void;
}

export function createTeller(options: TellerOptions): Teller {
  const { client, line, token, clock, leases } = options;
  const closing = new AbortController();
  let waiting: Words | undefined;
  let isPacing = false;
  let last: Promise<unknown> = Promise.resolve();

  async function send(words: Words): Promise<void> {
    const request = { token, ...words, requestId: options.newRequestId() };
    try {
      const reply = await line.ask(signal => client.updateTask(request, { signal }));
      leases.extend(token, reply.deadline);
      if (reply.cancelled) options.onCancelled();
    } catch (error) {
      if (error instanceof RefusedError && RefusalCode.safeParse(error.code).success) leases.lose(token);
      throw error;
    }
  }

  function tell(words: Words): Promise<void> {
    const told = last.then(() => send(words));
    last = told.catch(() => {});
    return told;
  }

  async function tellWaiting(): Promise<void> {
    const words = waiting;
    waiting = undefined;
    if (words) await tell(words).catch(options.onRefused);
  }

  /** The first word goes out at once, those that follow share the next call. */
  async function pace(): Promise<void> {
    isPacing = true;
    while (waiting && !closing.signal.aborted) {
      await tellWaiting();
      await clock.sleep(PACE_MS, closing.signal);
    }
    isPacing = false;
  }

  return {
    tell,
    say: words => void tell(words).catch(options.onRefused),
    soon(words) {
      waiting = { ...waiting, ...words };
      if (!isPacing) void pace();
    },
    async close() {
      closing.abort();
      await tellWaiting();
      await last;
    },
  };
}
