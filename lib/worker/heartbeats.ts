import { UnreachableError } from '../client/index.ts';
import type { Bell } from './bell.ts';
import type { Hold, Leases } from './bench.ts';
import { backoffMs, type Clock } from './clock.ts';
import { limited } from './line.ts';

/** A lease without an end needs no extension; it is asked about only to hear of a cancelled project. */
const ENDLESS_LEASE_BEAT_MS = 5 * 60_000;
/** However short the leases are, or seem to be to a clock that is ahead of the server's. */
const SHORTEST_BEAT_MS = 500;
const ANSWER_SECONDS = 30;

/** What the server says of leases. */
interface Beat {
  readonly kept: readonly { readonly token: string; readonly deadline: number | null }[];
  readonly lost: readonly string[];
}

export interface HeartbeatOptions<B extends Beat> {
  /** Extends leases. */
  readonly beat: (tokens: string[], options: { readonly signal: AbortSignal }) => Promise<B>;
  /** The longest time between two beats; a third of a lease unless given. */
  readonly longestMs?: number;
  /** Tokens that one call can carry. */
  readonly atOnce: number;
  /** Hears each answer, once the bench knows of it. False: no lease stands any more. */
  readonly onBeat: (reply: B) => boolean;
  readonly bench: Leases;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends the heartbeats. */
  readonly signal: AbortSignal;
}

/**
 * Keeps the leases of all that is on the bench, until `signal` is aborted.
 *
 * When a third of a lease is over, all tokens are sent together. The length of a lease is taken from its deadline
 * and this machine's clock, so a clock that is wrong by more than two thirds of a lease loses it.
 */
export async function keepLeases<B extends Beat>(options: HeartbeatOptions<B>): Promise<void> {
  const { bench, bell, clock, signal, longestMs } = options;
  for (let failures = 0; !signal.aborted; ) {
    const due = nextBeatAt(bench.holds(), longestMs);
    if (due === undefined) await bell.next();
    else if (due > clock.now()) await clock.sleep(due - clock.now(), signal);
    else if (await beatAll(options)) failures = 0;
    else {
      failures += 1;
      await clock.sleep(backoffMs(failures, options.random), signal);
    }
  }
}

function nextBeatAt(holds: Iterable<Hold>, longestMs = Number.POSITIVE_INFINITY): number | undefined {
  let earliest: number | undefined;
  for (const { deadline, since } of holds) {
    const third = deadline === null ? ENDLESS_LEASE_BEAT_MS : Math.floor((deadline - since) / 3);
    const pause = Math.max(SHORTEST_BEAT_MS, Math.min(longestMs, third));
    earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, since + pause);
  }
  return earliest;
}

/** Sends every token; false when the server could not be reached. */
async function beatAll<B extends Beat>(options: HeartbeatOptions<B>): Promise<boolean> {
  const holds = [...options.bench.holds()];
  for (let start = 0; start < holds.length; start += options.atOnce) {
    const some = holds.slice(start, start + options.atOnce);
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

/** False when no lease stands any more. */
async function beatSome<B extends Beat>(
  { beat, bench, clock, signal, onBeat }: HeartbeatOptions<B>,
  holds: readonly Hold[],
): Promise<boolean> {
  const tokens = holds.map(({ token }) => token);
  const reply = await limited(limit => beat(tokens, { signal: limit }), clock, ANSWER_SECONDS, signal);
  // One that the answer does not name is asked about again in the time it has left.
  for (const { token, deadline } of [...holds, ...reply.kept]) bench.extend(token, deadline);
  for (const token of reply.lost) bench.lose(token);
  return onBeat(reply);
}
