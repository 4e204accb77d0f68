import { RefusedError } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import { RefusalCode } from '../../contract/work.ts';
import type { Leases } from '../bench.ts';
import type { Clock } from '../clock.ts';
import { type Line, limited } from '../line.ts';
import type { TaskWorkerClient } from './options.ts';
import { Spool } from './spool.ts';

/** Lines go out at most once in this time, unless they are many. */
const PACE_MS = 1000;
/** Longer lines are given in pieces. */
const LONGEST_LINE = 16_384;
/** How long the end of a task waits for an answer about its log; and for all of it, after its handler was aborted. */
const PATIENCE_MS = 60_000;
const ABORTED_PATIENCE_MS = 1_000;
/** How long a server may take for the word that something is missing. */
const LAST_WORD_MS = 1_000;

/** The log of an attempt, on its way to the server. */
export interface TaskLog {
  /** Takes a line, or several, at any pace. It does not wait, and does not fail. */
  write(text: string): void;
  /** Resolves when the server has all of it, or takes too long: no task is to fail because of its log. */
  close(): Promise<void>;
}

export interface TaskLogOptions {
  readonly client: Pick<TaskWorkerClient, 'appendLog'>;
  readonly line: Line;
  readonly token: string;
  readonly clock: Clock;
  readonly newRequestId: () => string;
  /** For what does not fit into memory. */
  readonly scratch: string;
  readonly leases: Leases;
  /** The handler's. */
  readonly signal: AbortSignal;
  /** When it must be closed at the latest, ms since 1970. */
  readonly until: number;
  readonly onCancelled: () => void;
  /** The server will not have these lines. */
  readonly onRefused: (error: unknown) => void;
}

/**
 * Sends the lines of an attempt in their order. One call is under way at a time, with all that came meanwhile, up to
 * what a call may have; what waits for it is in memory, or on the disk where it is much. Each says which bytes of the
 * log it begins with, so that its repetition changes nothing.
 */
export function createTaskLog(options: TaskLogOptions): TaskLog {
  const { client, line, token, clock, leases, signal } = options;
  // With the line that says what the disk did not take, a block is within what a call may have.
  const blockBytes = LIMITS.logPageBytes - 1024;
  const spool = new Spool({ folder: options.scratch, blockBytes, memoryBlocks: 2 });
  /** No longer waited for, or not wanted. */
  const givenUp = new AbortController();
  const closing = new AbortController();
  // Kept beside the newest lines, so it is short.
  const process = options.newRequestId().slice(0, 8);
  let from = 0;
  let written = 0;
  let answeredAt = 0;
  let sending: Promise<void> | undefined;

  async function send(text: string): Promise<void> {
    const call = (limit: AbortSignal) => {
      givenUp.signal.throwIfAborted();
      return client.appendLog(
        { token, text, from, process },
        { signal: AbortSignal.any([limit, givenUp.signal]) },
      );
    };
    const reply = await line.ask(call);
    answeredAt = clock.now();
    from = reply.from;
    if (reply.cancelled) options.onCancelled();
    if (reply.isFull) giveUp();
  }

  function giveUp(): void {
    givenUp.abort();
    spool.close();
  }

  async function sendAll(): Promise<void> {
    try {
      while (!spool.isEmpty) {
        await send(spool.take());
        if (!spool.isBusy) await clock.sleep(PACE_MS, closing.signal);
      }
    } catch (error) {
      if (givenUp.signal.aborted) return;
      giveUp();
      if (!(error instanceof RefusedError)) return;
      if (RefusalCode.safeParse(error.code).success) leases.lose(token);
      else options.onRefused(error);
    } finally {
      sending = undefined;
    }
  }

  /** Ends when the end of the task can wait no longer. */
  async function patience(sent: AbortSignal): Promise<void> {
    answeredAt = clock.now();
    for (let left = PATIENCE_MS; left > 0 && !sent.aborted; ) {
      if (signal.aborted) return clock.sleep(ABORTED_PATIENCE_MS, sent);
      left = Math.min(answeredAt + PATIENCE_MS, options.until - LAST_WORD_MS) - clock.now();
      await clock.sleep(left, AbortSignal.any([sent, signal]));
    }
  }

  /** Says that lines are missing, at a place after all of them: should they come after all, they are taken for known. */
  async function lastWord(): Promise<void> {
    const text = `=== about ${written - from} bytes are left out: the server was too slow\n`;
    const call = (limit: AbortSignal) =>
      client.appendLog({ token, text, from: written, process }, { signal: limit });
    await limited(call, clock, LAST_WORD_MS / 1000).catch(() => {});
  }

  return {
    write(text) {
      if (givenUp.signal.aborted || closing.signal.aborted) return;
      for (const piece of piecesOf(text)) {
        // The server, too, keeps no more.
        if (written > LIMITS.logBytes) return;
        written += Buffer.byteLength(piece);
        spool.add(piece);
      }
      sending ??= sendAll();
    },
    async close() {
      closing.abort();
      const sent = new AbortController();
      await Promise.race([sending, patience(sent.signal)]);
      sent.abort();
      if (!sending) return;
      giveUp();
      await lastWord();
    },
  };
}

/** Lines with their ends, none of them too long. */
function* piecesOf(text: string): Generator<string> {
  for (const line of text.split(/\r?\n/))
    for (let at = 0; at === 0 || at < line.length; at += LONGEST_LINE)
      yield `${line.slice(at, at + LONGEST_LINE)}\n`;
}
