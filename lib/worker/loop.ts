import { RefusedError, UnreachableError } from '../client/index.ts';
import { LIMITS } from '../contract/limits.ts';
import { askFor } from './ask.ts';
import { createBell } from './bell.ts';
import { createBench } from './bench.ts';
import { createCounter, type Next } from './counter.ts';
import type { StopReason, WorkerSummary } from './events.ts';
import { createFreshUrls } from './fresh-urls.ts';
import { afterAbort, type FileTask, type HandlerContext, type Outcome, outcomeOf } from './handler.ts';
import { keepLeases } from './heartbeats.ts';
import { type Journal, openJournal } from './journal.ts';
import { createLine } from './line.ts';
import { type Settings, settingsOf, type WorkerOptions } from './options.ts';
import { batchesOf, reportOf } from './report.ts';
import { createReports } from './reports.ts';

/** How long a handler may take to end after it was aborted. */
const HEED_MS = 10_000;

/**
 * Works on a project's files until the project is over, the worker is stopped, or its wall time ends.
 *
 * Each call hands in what was finished since the last one and asks for as many files as there is room for. Only an
 * idle worker lets the server wait for a file, so that no result ever waits behind a question.
 *
 * - It begins with what an earlier life of the same worker left: reports in the journal, then files still held. A new
 *   worker asks for none.
 * - While the server is away it works on what it has and repeats its call, for ever or until it is stopped.
 * - A report that the server refuses is an event and a count, and is not repeated.
 * - Stopped, it gives back what was not begun and lets handlers finish for `graceSeconds`. Then they are aborted, and
 *   their files count as failed, to be tried again: an attempt that took place is counted, so that a file which
 *   never finishes within a worker's time ends as failed rather than being begun for ever.
 *
 * @throws RefusedError when the server will not hand out files to this worker, after all has been reported
 * @throws FatalError when the handler says that it cannot work at all; the file is given back
 * @throws LockedError when another worker uses the journal
 * @throws RangeError for options that make no sense
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerSummary> {
  const settings = settingsOf(options);
  const journal = settings.journal === undefined ? undefined : await openJournal(settings.journal);
  try {
    return await run(settings, journal);
  } finally {
    journal?.close();
  }
}

/** Only a stopped worker gives up asking; then it wants no files. */
function noneWhenClosing(error: unknown): { reservations: [] } {
  if (error instanceof UnreachableError) return { reservations: [] };
  throw error;
}

/**
 * A refusal is not the heartbeats' to judge: the next request for files meets the same and ends the worker.
 * That the project is gone is what `cancelled` says.
 */
function cancelledReply(error: unknown): { kept: []; lost: []; cancelled: boolean } {
  if (!(error instanceof RefusedError)) throw error;
  const cancelled = error.code === 'project_unknown' || error.code === 'project_inactive';
  return { kept: [], lost: [], cancelled };
}

async function run(settings: Settings, journal: Journal | undefined): Promise<WorkerSummary> {
  const { client, project, worker, clock, random, onEvent } = settings;
  const startedAt = clock.now();
  /** From here on nothing is reserved. */
  const stop = new AbortController();
  /** Stopped, and nothing is held any more: a call that fails now is not repeated. */
  const closing = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let state: WorkerSummary['state'];

  const bell = createBell();
  const reports = createReports({ journal, onEvent });
  const line = createLine({
    clock,
    random,
    closing: closing.signal,
    onAway(error) {
      reports.secure();
      onEvent({ type: 'away', error });
    },
    onBack() {
      reports.relax();
      onEvent({ type: 'back' });
    },
  });
  const urls = createFreshUrls({ ...settings, line });
  const counter = createCounter({ client, line, reports, newRequestId: settings.newRequestId });
  const bench = createBench({
    concurrency: settings.concurrency,
    work: (file: FileTask, signal) => outcomeOf(handleFresh, file, { signal }),
    afterAbort,
    now: () => clock.now(),
    onBegun: file => onEvent({ type: 'begun', file }),
    onLeft(file, end) {
      if (end !== 'released') onEvent({ type: 'finished', file, outcome: end });
      reports.add(reportOf(settings, file, end));
    },
    onLost: file => onEvent({ type: 'lost', file }),
    onFatal: error => end('error', { error }),
    onChange: changed,
  });

  async function handleFresh(file: FileTask, context: HandlerContext): Promise<Outcome | undefined> {
    const fresh = await urls.fresh(file);
    context.signal.throwIfAborted();
    return settings.handler(fresh, context);
  }

  function changed(): void {
    if (stop.signal.aborted && bench.isIdle) closing.abort();
    bell.ring();
  }

  function end(why: StopReason, because?: { readonly error: unknown }): void {
    failure ??= because;
    if (stop.signal.aborted) return;
    onEvent({ type: 'stopping', why });
    stop.abort();
    void windDown();
  }

  async function windDown(): Promise<void> {
    bench.giveBackWaiting();
    await clock.sleep(settings.graceSeconds * 1000, closing.signal);
    bench.interrupt();
    await clock.sleep(HEED_MS, closing.signal);
    bench.abandon();
  }

  /** What an earlier life of this worker left: its reports first, so that their files are not held any more. */
  async function resume(): Promise<void> {
    for (const { desk, batch } of batchesOf(journal?.unanswered ?? [])) await counter.exchange(batch, desk);
    if (settings.isNew) return;
    const call = { project, worker, ...(settings.site !== undefined && { site: settings.site }) };
    const { reservations } = await line.ask(signal => client.held(call, { signal })).catch(noneWhenClosing);
    if (reservations.length === 0 || stop.signal.aborted) return;
    onEvent({ type: 'resumed', files: reservations.length });
    bench.add(urls.receive(reservations));
  }

  const room = () => (stop.signal.aborted ? 0 : settings.concurrency + settings.prefetch - bench.size);

  async function work(): Promise<void> {
    for (;;) {
      // Files that finish together are handed in together.
      await clock.turn();
      if (room() > 0 || reports.waiting > 0) await exchange();
      else if (closing.signal.aborted) return;
      else await bell.next();
    }
  }

  async function exchange(): Promise<void> {
    const batch = reports.take();
    // With a file in hand, or one to be answered for, there is something better to do than to wait at the server.
    const waits = bench.isIdle && batch.length === 0;
    const ask = () =>
      askFor(settings, {
        // When the call is repeated, files that were finished meanwhile are not reported by it: they are still held.
        room: room() - reports.waiting,
        waitSeconds: waits && !stop.signal.aborted ? settings.waitSeconds : 0,
        elapsedSeconds: (clock.now() - startedAt) / 1000,
      });
    const exchanged = await counter.exchange(batch, settings, room() > 0 ? ask : undefined, stop.signal);
    if ('failure' in exchanged) end('error', { error: exchanged.failure });
    else if (exchanged.next) await receive(exchanged.next, waits);
  }

  async function receive(next: Next, waited: boolean): Promise<void> {
    if (next.status === 'reserved') {
      const files = urls.receive(next.reservations);
      if (stop.signal.aborted) for (const file of files) reports.add(reportOf(settings, file, 'released'));
      else bench.add(files);
    } else if (next.status === 'done') {
      state = next.state;
      bench.loseAll();
      end('project-over');
    } else if (waited || !bench.isIdle) await pause(next.retryAfterSeconds * (0.8 + 0.4 * random()));
  }

  /** Until something has changed here, or the time is over. */
  async function pause(seconds: number): Promise<void> {
    if (reports.waiting > 0 || stop.signal.aborted) return;
    onEvent({ type: 'waiting', seconds });
    const woken = new AbortController();
    await Promise.race([clock.sleep(seconds * 1000, woken.signal), bell.next()]);
    woken.abort();
  }

  const stopped = () => end('signal');
  settings.signal?.addEventListener('abort', stopped);
  if (settings.signal?.aborted) stopped();
  if (settings.wallTimeSeconds !== undefined)
    void clock.sleep(settings.wallTimeSeconds * 1000, closing.signal).then(() => end('wall-time'));
  const heartbeats = keepLeases({
    ...{ bench, bell, clock, random, signal: closing.signal, atOnce: LIMITS.reports },
    beat: (tokens, call) => client.heartbeat({ project, worker, tokens }, call).catch(cancelledReply),
    onBeat({ cancelled }) {
      if (cancelled) {
        onEvent({ type: 'cancelled' });
        bench.giveBackAll();
      }
      return !cancelled;
    },
  }).catch(error => end('error', { error }));

  try {
    await resume().catch(error => end('error', { error }));
    await work();
  } finally {
    settings.signal?.removeEventListener('abort', stopped);
    stop.abort();
    closing.abort();
    bench.interrupt();
    bell.ring();
  }
  await heartbeats;
  reports.close();
  if (failure) throw failure.error;
  return { ...reports.summary, state };
}
