import { LIMITS } from '../contract/limits.ts';
import type { RouteReply } from '../contract/routes.ts';
import type { OnEvent, RefusedCode, ReportedAs, WorkerSummary } from './events.ts';
import type { Journal } from './journal.ts';
import { type Batch, batchOf, type Report } from './report.ts';

type ReportResult = RouteReply<'advance'>['results'][number];

/** The reports of a worker on their way to the server, and the count of what they came to. */
export interface Reports {
  /** How many wait to leave. */
  readonly waiting: number;
  readonly summary: Omit<WorkerSummary, 'state'>;
  add(report: Report): void;
  /** Takes what one call can carry. Each batch is then answered, refused or set aside. */
  take(): Batch;
  answered(batch: Batch, results: readonly ReportResult[]): void;
  /** The whole batch changed nothing. */
  refused(batch: Batch, code: RefusedCode, detail: string): void;
  /** The batch cannot be delivered in this life of the worker. */
  setAside(batch: Batch): void;
  /** The server is away: what is under way and what comes until it is back is kept in the journal. */
  secure(): void;
  relax(): void;
  /** Tells of the reports that were set aside. */
  close(): void;
}

export interface ReportsOptions {
  readonly journal: Journal | undefined;
  readonly onEvent: OnEvent;
}

export function createReports({ journal, onEvent }: ReportsOptions): Reports {
  const summary = { done: 0, failed: 0, retried: 0, released: 0, refused: 0 };
  const underWay = new Set<Report>();
  const aside: Report[] = [];
  let waiting: Report[] = [];
  let securing = false;

  const keep = (reports: readonly Report[]) => {
    try {
      journal?.keep(reports);
    } catch (error) {
      onEvent({ type: 'journal-failed', error: asError(error) });
    }
  };
  const settle = (batch: Batch) => {
    for (const report of batch) underWay.delete(report);
    journal?.acknowledge(batch.map(({ token }) => token));
  };
  const refuse = ({ did }: Report, code: RefusedCode, detail: string) => {
    summary.refused += 1;
    onEvent({ type: 'refused', did, code, detail });
  };

  return {
    get waiting() {
      return waiting.length;
    },
    summary,
    add(report) {
      waiting.push(report);
      if (securing) keep([report]);
    },
    take() {
      const batch = batchOf(waiting.slice(0, LIMITS.reports));
      waiting = waiting.slice(LIMITS.reports);
      for (const report of batch) underWay.add(report);
      return batch;
    },
    answered(batch, results) {
      if (results.length !== batch.length)
        throw new Error(`the server gave ${results.length} answers to ${batch.length} reports`);
      settle(batch);
      for (const [index, report] of batch.entries()) {
        const result = results[index];
        if (result?.accepted === false) refuse(report, result.code, result.detail);
        else if (result) {
          const as = reportedAs(report, result.state);
          summary[as] += 1;
          onEvent({ type: 'reported', did: report.did, as });
        }
      }
    },
    refused(batch, code, detail) {
      settle(batch);
      for (const report of batch) refuse(report, code, detail);
    },
    setAside(batch) {
      for (const report of batch) underWay.delete(report);
      if (!securing) keep(batch);
      aside.push(...batch);
    },
    secure() {
      securing = true;
      keep([...underWay, ...waiting]);
    },
    relax() {
      securing = false;
    },
    close() {
      if (aside.length === 0) return;
      const kept = new Set(journal?.unanswered.map(({ token }) => token));
      onEvent({
        type: 'undelivered',
        reports: aside.length,
        inJournal: aside.every(({ token }) => kept.has(token)),
      });
    },
  };
}

function reportedAs(report: Report, state: string): ReportedAs {
  if (report.verdict !== 'failed') return report.verdict;
  return state === 'failed' ? 'failed' : 'retried';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
