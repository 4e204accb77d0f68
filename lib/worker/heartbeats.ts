import { type Client, RefusedError, UnreachableError } from '../client/index.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Bell } from './bell.ts';
import type { Bench, Hold } from './bench.ts';
import { backoffMs, type Clock } from './clock.ts';
import { limited } from './line.ts';

/** A lease without an end needs no extension; it is asked about only to hear of a cancelled project. */
const ENDLESS_LEASE_BEAT_MS = 5 * 60_000;
/** However short the leases are, or seem to be to a clock that is ahead of the server's. */
const SHORTEST_BEAT_MS = 500;
const ANSWER_SECONDS = 30;

export interface HeartbeatOptions {
  readonly client: Pick<Client, 'heartbeat'>;
  readonly project: number;
  readonly worker: string;
  readonly bench: Bench;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends the heartbeats. */
  readonly signal: AbortSignal;
  /** The project was cancelled or deleted. */
  readonly onCancelled: () => void;
}

/**
 * Keeps the leases of all files on the bench, until `signal` is aborted.
 *
 * When a third of a lease is over, all tokens are sent together. The length of a lease is taken from its deadline
 * and this machine's clock, so a clock that is wrong by more than two thirds of a lease loses it.
 */
export async function keepLeases(options: HeartbeatOptions): Promise<void> {
  const { bench, bell, clock, signal } = options;
  for (let failures = 0; !signal.aborted; ) {
    const due = nextBeatAt(bench.holds());
    if (due === undefined) await bell.next();
    else if (due > clock.now()) await clock.sleep(due - clock.now(), signal);
    else if (await beat(options)) failures = 0;
    else {
      failures += 1;
      await clock.sleep(backoffMs(failures, options.random), signal);
    }
  }
}

function nextBeatAt(holds: Iterable<Hold>): number | undefined {
  let earliest: number | undefined;
  for (const { deadline, since } of holds) {
    const third = deadline === null ? ENDLESS_LEASE_BEAT_MS : Math.floor((deadline - since) / 3);
    earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, since + Math.max(SHORTEST_BEAT_MS, third));
  }
  return earliest;
}

/** Sends every token; false when the server could not be reached. */
async function beat(options: HeartbeatOptions): Promise<boolean> {
  const holds = [...options.bench.holds()];
  for (let start = 0; start < holds.length; start += LIMITS.reports) {
    const some = holds.slice(start, start + LIMITS.reports);
    try {
      if (!(await beatSome(options, some))) return true;
    } catch (error) {
      if (options.signal.aborted) return true;
      if (error instanceof UnreachableError) return false;
      throw error;
    }
  }
  return true;
}

/** False when the project was cancelled, and with it all leases. */
async function beatSome(options: HeartbeatOptions, holds: readonly Hold[]): Promise<boolean> {
  const { client, project, worker, bench, clock } = options;
  const tokens = holds.map(({ token }) => token);
  const reply = await limited(
    signal => client.heartbeat({ project, worker, tokens }, { signal }),
    clock,
    ANSWER_SECONDS,
    options.signal,
  ).catch(refusedReply);
  // One that the answer does not name is asked about again in the time it has left.
  for (const { token, deadline } of [...holds, ...reply.kept]) bench.extend(token, deadline);
  for (const token of reply.lost) bench.lose(token);
  if (reply.cancelled) options.onCancelled();
  return !reply.cancelled;
}

/**
 * A refusal is not the heartbeats' to judge: the next request for files meets the same and ends the worker.
 * That the project is gone is what `cancelled` says.
 */
function refusedReply(error: unknown): { kept: []; lost: []; cancelled: boolean } {
  if (!(error instanceof RefusedError)) throw error;
  const cancelled = error.code === 'project_unknown' || error.code === 'project_inactive';
  return { kept: [], lost: [], cancelled };
}
