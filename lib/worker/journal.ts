import {
  appendFileSync,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { lockFile } from './file-lock.ts';
import { Report } from './report.ts';

/**
 * Finished reports that the server has not answered yet, on disk.
 *
 * A report is written only once its first delivery has failed, so that a worker whose server is there writes
 * nothing. What may get lost is a report in the moment between its handler's end and the server's answer, when the
 * worker is killed right then: its lease runs out and the file is done once more, which is allowed. A report that
 * has to wait for the server is on disk before it is waited for, and is delivered at the worker's next start.
 *
 * The file is NDJSON, appended to: `{"report": …}` for each report, `{"ack": "<token>"}` when it was answered. It is
 * emptied when all are answered. Its writes block: they are rare, and none may overtake another.
 */
export interface Journal {
  /** Reports that were kept and not acknowledged, oldest first. */
  readonly unanswered: readonly Report[];
  /** Writes those reports that it does not have; they are on the disk itself when it returns. */
  keep(reports: readonly Report[]): void;
  /** Reports that need not be delivered again; those it does not have are passed over. */
  acknowledge(tokens: Iterable<string>): void;
  close(): void;
}

/**
 * Opens a journal, making it and its folder where there is none. A last line that was not written to its end is
 * dropped: its report was never counted as kept.
 *
 * @throws LockedError when another worker has it open
 * @throws Error when a line is not one of a journal's
 */
export async function openJournal(path: string): Promise<Journal> {
  mkdirSync(dirname(path), { recursive: true });
  const lock = await lockFile(path);
  try {
    const waiting = readJournal(path);
    replaceFile(path, [...waiting.values()]);
    return journalOn(openSync(path, 'a'), waiting, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function journalOn(file: number, waiting: Map<string, Report>, release: () => void): Journal {
  return {
    get unanswered() {
      return [...waiting.values()];
    },
    keep(reports) {
      const fresh = reports.filter(report => waiting.get(report.token) !== report);
      if (fresh.length === 0) return;
      append(file, fresh.map(reportLine));
      for (const report of fresh) waiting.set(report.token, report);
    },
    acknowledge(tokens) {
      const known = [...tokens].filter(token => waiting.delete(token));
      if (known.length === 0) return;
      // Not synced: an acknowledgement that is lost costs a repeated report, which the server answers as before.
      if (waiting.size === 0) ftruncateSync(file);
      else appendFileSync(file, known.map(token => `${JSON.stringify({ ack: token })}\n`).join(''));
    },
    close() {
      closeSync(file);
      release();
    },
  };
}

/** All of the lines, or none: half a line in the middle would spoil the file for its next reader. */
function append(file: number, lines: readonly string[]): void {
  const { size } = fstatSync(file);
  try {
    appendFileSync(file, lines.join(''));
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}

const Line = z.union([z.strictObject({ report: Report }), z.strictObject({ ack: z.string() })]);

function reportLine(report: Report): string {
  return `${JSON.stringify({ report })}\n`;
}

function readJournal(path: string): Map<string, Report> {
  const waiting = new Map<string, Report>();
  const lines = textOf(path).split('\n');
  lines.pop();
  for (const [index, text] of lines.entries()) {
    const line = Line.safeParse(jsonOf(text));
    if (!line.success)
      throw new Error(
        `line ${index + 1} of ${path} is not a journal's: is this another file, or was it damaged?`,
      );
    if ('ack' in line.data) waiting.delete(line.data.ack);
    else waiting.set(line.data.report.token, line.data.report);
  }
  return waiting;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Written beside and renamed over, so that a crash leaves either the old journal or the new one. */
function replaceFile(path: string, reports: readonly Report[]): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w');
  try {
    append(file, reports.map(reportLine));
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
