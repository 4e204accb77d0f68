import { type Holder, leaseOf, type TaskRefusal } from './lease.ts';
import { changed, type Task, type TaskLease } from './task.ts';

/** What further lines of a task's log are decided on. */
export type LogStanding = {
  /** Bytes of the whole log. */
  readonly bytes: number;
  /** The lease that wrote last. */
  readonly lease: number;
  /** The process that wrote last for it, and the one before. */
  readonly process?: string | undefined;
  readonly processBefore?: string | undefined;
  /** Bytes that came of that process, with those that were not kept. */
  readonly came: number;
  /** It wrote as much as is kept of one attempt. */
  readonly isFull: boolean;
};

/** Whose lines they are. */
export interface LogWriter extends Holder {
  readonly worker: string;
}

/** Lines that a worker appends, each with its end. */
export interface LogCommand {
  readonly text: string;
  /** Bytes of its writer's lines before them, so that a repetition is told; absent = they follow what came. */
  readonly from?: number | undefined;
  /** Who counts: a worker that goes on with an attempt after a restart is another process. */
  readonly process?: string | undefined;
}

export type LogAppended =
  | { readonly kind: 'appended'; readonly text: string; readonly standing: LogStanding }
  /** They came before, or no more is kept; nothing changed. */
  | { readonly kind: 'unchanged'; readonly standing: LogStanding }
  | { readonly kind: 'refused'; readonly reason: TaskRefusal };

/**
 * Decides what becomes of lines: those that came before are passed over, and of an attempt no more than `mostBytes` are
 * kept. Once a further attempt has written, or a further process of its worker, nothing more comes of the one before.
 */
export function appendToLog(
  before: LogStanding | undefined,
  by: LogWriter,
  { text, from, process }: LogCommand,
  mostBytes: number,
  now: number,
): LogAppended {
  if (before && by.lease < before.lease) return { kind: 'refused', reason: 'overtaken' };
  const ofLease = before?.lease === by.lease ? before : undefined;
  const isSame = ofLease?.process === process;
  const came = isSame ? (ofLease?.came ?? 0) : 0;
  const given = Buffer.from(text);
  const start = from ?? came;
  const fresh = given.subarray(Math.max(0, came - start));
  const processBefore = isSame ? ofLease?.processBefore : ofLease?.process;
  const isFull = ofLease?.isFull ?? false;
  const standing = { lease: by.lease, bytes: before?.bytes ?? 0, process, processBefore, came, isFull };
  const isLate = process !== undefined && ofLease?.processBefore === process;
  if (fresh.length === 0 || isFull || isLate) return { kind: 'unchanged', standing };
  const mark = ofLease || (!before && by.attempt === 1) ? '' : markOf(by, now);
  const cut = cutAt(fresh, mostBytes - Math.max(came, start));
  const kept = `${mark}${cut.kept}${cut.isFull ? fullLine(mostBytes) : ''}`;
  return {
    kind: 'appended',
    text: kept,
    standing: {
      ...standing,
      bytes: standing.bytes + Buffer.byteLength(kept),
      came: start + given.length,
      isFull: cut.isFull,
    },
  };
}

/** What stands between the lines of one attempt and the next. */
function markOf({ attempt, worker }: LogWriter, now: number): string {
  return `=== attempt ${attempt} by ${worker}, ${new Date(now).toISOString()}\n`;
}

function fullLine(mostBytes: number): string {
  return `=== of one attempt ${mostBytes} bytes are kept: the rest is left out\n`;
}

/** The whole lines that there is room for. */
function cutAt(lines: Buffer, room: number): { kept: string; isFull: boolean } {
  if (lines.length <= room) return { kept: lines.toString(), isFull: false };
  const end = room > 0 ? lines.lastIndexOf('\n', room - 1) + 1 : 0;
  return { kept: lines.subarray(0, end).toString(), isFull: true };
}

export type LogBegun =
  | { readonly kind: 'held'; readonly task: Task; readonly lease: TaskLease }
  | { readonly kind: 'refused'; readonly reason: TaskRefusal };

/** The task, told to have a log, for a worker that holds it. */
export function beginLog(task: Task, by: Holder, now: number): LogBegun {
  const lease = leaseOf(task, by);
  if (typeof lease === 'string') return { kind: 'refused', reason: lease };
  return { kind: 'held', lease, task: task.hasLog ? task : changed(task, now, { hasLog: true }) };
}
