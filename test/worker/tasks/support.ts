import { apiHandler } from '../../../functions/api.ts';
import { clientOver } from '../../../lib/client/client.ts';
import { UnreachableError } from '../../../lib/client/index.ts';
import { httpRequestOf } from '../../../lib/client/over-http.ts';
import { Configuration } from '../../../lib/contract/queues.ts';
import type { RouteInput, RouteName } from '../../../lib/contract/routes.ts';
import { createContext } from '../../../lib/dispatch/context.ts';
import { sweep } from '../../../lib/dispatch/sweep.ts';
import { declare } from '../../../lib/dispatch/tasks/declare.ts';
import { runTaskWorker, type TaskWorkerEvent, type TaskWorkerOptions } from '../../../lib/worker/index.ts';
import { memoryHome } from '../../support/memory-home.ts';

const CALLER = { user: 'ann', roles: [], admin: true };

/** The use-cases of tasks in memory, in virtual time that passes by itself, behind a client that may lose its server. */
export async function taskHome(queue: object = {}) {
  const home = memoryHome();
  const context = createContext(home);
  await declare(
    context,
    Configuration.parse({
      queues: { q: { leaseSeconds: 60, retryBackoffSeconds: 0, ...queue } },
      configs: { sessions: { threshold: 16 } },
    }),
  );
  const api = apiHandler(context);
  const calls: RouteName[] = [];
  const trouble: { away: boolean | RouteName; answersToLose: number } = { away: false, answersToLose: 0 };
  const client = clientOver('memory', async call => {
    if (trouble.away === true || trouble.away === call.name) throw new UnreachableError('the server is away');
    calls.push(call.name);
    const { method, url, body } = httpRequestOf('http://memory', call);
    const event = {
      ...{ rawPath: url.pathname, rawQueryString: url.search.slice(1), headers: {} },
      requestContext: { http: { method }, authorizer: { sluice: CALLER } },
      ...(body !== undefined && { body }),
    };
    const reply = await api(event, call.signal ? { signal: call.signal } : {});
    if (trouble.answersToLose > 0 && call.name === 'endTask') {
      trouble.answersToLose -= 1;
      throw new UnreachableError('the answer was lost');
    }
    call.signal?.throwIfAborted();
    return { status: reply.statusCode, text: reply.body };
  });
  const clock = {
    now: () => home.clock.now(),
    sleep: (ms: number, signal?: AbortSignal) => home.clock.sleep(ms, signal),
    // All but timers runs in promises here, and the time passes whenever those are done.
    turn: () => Promise.resolve(),
  };
  let requests = 0;
  const start = (options: Partial<TaskWorkerOptions> & Pick<TaskWorkerOptions, 'handlers'>) => {
    const events: TaskWorkerEvent[] = [];
    const stop = new AbortController();
    const ended = runTaskWorker({
      ...{ client, worker: 'w1', queues: ['q'], clock, random: () => 0.5, signal: stop.signal },
      newRequestId: () => `r${requests++}`,
      onEvent: event => events.push(event),
      ...options,
    });
    // A test that expects a failure awaits `ended` later.
    ended.catch(() => {});
    return { ended, events, stop: () => stop.abort(), types: () => events.map(({ type }) => type) };
  };
  return {
    ...{ client, clock, calls, trouble, start },
    bytes: home.world.bytes,
    tickets: home.world.queues,
    sweep: () => sweep(context),
    pass: (seconds: number) => home.clock.sleep(seconds * 1000),
    submit: (fields: Partial<RouteInput<'submitTask'>> = {}) =>
      client.submitTask({ name: 'work', queue: 'q', ...fields }),
    /** The task once it is in one of these states. */
    async until(task: string, ...states: string[]) {
      for (;;) {
        const shown = await client.showTask({ task });
        if (states.includes(shown.state)) return shown;
        await home.clock.sleep(100);
      }
    },
  };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
