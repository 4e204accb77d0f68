import { LIMITS } from '../../contract/limits.ts';
import type { ReservedTask } from '../../contract/tasks.ts';
import { type Bell, createBell } from '../bell.ts';
import { type Bench, createBench } from '../bench.ts';
import { keepLeases } from '../heartbeats.ts';
import { createLine, type Line } from '../line.ts';
import { attempt } from './attempt.ts';
import { afterAbort, failure } from './end.ts';
import type { TaskWorkerSummary } from './events.ts';
import type { TaskSettings } from './options.ts';
import { createTaskReports, type TaskReports } from './reports.ts';

/** A cancel is heard of with a heartbeat, and its grace is a minute unless a queue says otherwise, whatever the lease. */
const LONGEST_BEAT_MS = 20_000;
/** How long a handler may take to end after it was aborted. */
const HEED_MS = 10_000;

export interface ShiftOptions {
  /** How long a handler may take to end after it was aborted; 10 s unless given. */
  readonly heedMs?: number;
  /** A handler that can work on nothing at all fails its task, and does not end the shift. */
  readonly outlivesFatal?: boolean;
}

/** Tasks that are worked on: their handlers, their leases and their ends, wherever the tasks come from. */
export interface Shift {
  readonly bench: Bench<ReservedTask>;
  readonly line: Line;
  /** Rings when a task came or went. */
  readonly bell: Bell;
  readonly reports: TaskReports;
  /** Aborted when the shift begins to stop: from then on nothing is taken. */
  readonly stopping: AbortSignal;
  /** Aborted when it stops and nothing is held any more: a call that fails now is not repeated. */
  readonly closing: AbortSignal;
  /**
   * Begins to stop: handlers may finish for `graceSeconds`; then they are aborted, and at last no longer waited for.
   * `because`: what the shift fails with.
   */
  stop(why: 'signal' | 'error', because?: { readonly error: unknown }): void;
  /** Does what brings tasks; ends when that has, nothing is held, and all ends are told. */
  run(bringTasks: () => Promise<unknown>): Promise<TaskWorkerSummary>;
}

export function createShift(
  settings: TaskSettings,
  { heedMs = HEED_MS, outlivesFatal = false }: ShiftOptions = {},
): Shift {
  const { client, clock, random, onEvent } = settings;
  const stopping = new AbortController();
  const closing = new AbortController();
  let failed: { readonly error: unknown } | undefined;

  const bell = createBell();
  const line = createLine({
    ...{ clock, random, closing: closing.signal },
    onAway: error => onEvent({ type: 'away', error }),
    onBack: () => onEvent({ type: 'back' }),
  });
  const reports = createTaskReports(settings, line);
  const bench: Bench<ReservedTask> = createBench({
    concurrency: settings.concurrency,
    work(held: ReservedTask, signal) {
      const ended = attempt(held, signal, {
        ...{ settings, line, leases: bench, stopping: stopping.signal },
        onCancelled: ({ token }) => bench.cancel(token),
      });
      return outlivesFatal ? ended.catch(failure) : ended;
    },
    afterAbort,
    now: () => clock.now(),
    onBegun: ({ task }) => onEvent({ type: 'begun', task }),
    onLeft: (held, end) => reports.add(held, end === 'released' ? { outcome: end } : end),
    onLost: ({ task }) => onEvent({ type: 'lost', task }),
    onFatal: error => stop('error', { error }),
    onChange: changed,
  });

  function changed(): void {
    if (stopping.signal.aborted && bench.isIdle) closing.abort();
    bell.ring();
  }

  function stop(why: 'signal' | 'error', because?: { readonly error: unknown }): void {
    failed ??= because;
    if (stopping.signal.aborted) return;
    onEvent({ type: 'stopping', why });
    stopping.abort();
    void windDown();
  }

  async function windDown(): Promise<void> {
    bench.giveBackWaiting();
    await clock.sleep(settings.graceSeconds * 1000, closing.signal);
    bench.interrupt();
    await clock.sleep(heedMs, closing.signal);
    bench.abandon();
  }

  return {
    ...{ bench, line, bell, reports, stop },
    stopping: stopping.signal,
    closing: closing.signal,
    async run(bringTasks) {
      const leases = keepLeases({
        ...{ bench, bell, clock, random, signal: closing.signal, atOnce: LIMITS.reserveTasks },
        longestMs: LONGEST_BEAT_MS,
        beat: (tokens, call) => client.heartbeatTasks({ tokens }, call),
        onBeat({ cancelled }) {
          for (const token of cancelled) bench.cancel(token);
          return true;
        },
      }).catch(error => stop('error', { error }));
      try {
        await bringTasks();
        while (!bench.isIdle) await bell.next();
        await reports.delivered();
      } finally {
        stopping.abort();
        closing.abort();
        bell.ring();
      }
      await leases;
      if (failed) throw failed.error;
      return reports.summary;
    },
  };
}
