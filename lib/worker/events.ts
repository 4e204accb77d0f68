import type { RouteReply } from '../contract/routes.ts';
import type { FileTask, Outcome } from './handler.ts';

type ReportResult = RouteReply<'advance'>['results'][number];

/** The code of a report that changed nothing, or of the refusal of the request that carried it. */
export type RefusedCode = Extract<ReportResult, { accepted: false }>['code'] | 'project_unknown';

/** What a worker has to tell while it runs. */
export type WorkerEvent =
  /** Files it held from an earlier life; it goes on with them. */
  | { readonly type: 'resumed'; readonly files: number }
  | { readonly type: 'begun'; readonly file: FileTask }
  | { readonly type: 'finished'; readonly file: FileTask; readonly outcome: Outcome }
  /** The server took a report. */
  | { readonly type: 'reported'; readonly did: string; readonly as: ReportedAs }
  /** The server did not take a report: somebody else has the file, or has finished it. */
  | { readonly type: 'refused'; readonly did: string; readonly code: RefusedCode; readonly detail: string }
  /** The file is no longer held; its handler is aborted and its result will not be reported. */
  | { readonly type: 'lost'; readonly file: FileTask }
  /** The project was cancelled or deleted; all that is held is given back. */
  | { readonly type: 'cancelled' }
  /** Nothing is ready; the worker asks again after this time, or as soon as it has something to report. */
  | { readonly type: 'waiting'; readonly seconds: number }
  /** The server does not answer; the worker goes on with what it has and tries again and again. */
  | { readonly type: 'away'; readonly error: Error }
  | { readonly type: 'back' }
  /** The worker reserves nothing more and ends when its handlers have. */
  | { readonly type: 'stopping'; readonly why: StopReason }
  /** The journal cannot be written; reports are kept in memory. */
  | { readonly type: 'journal-failed'; readonly error: Error }
  /** The worker ended with reports that the server never answered. In a journal, they go out at its next start. */
  | { readonly type: 'undelivered'; readonly reports: number; readonly inJournal: boolean };

/** What a report came to: `failed` for good, or `retried` later. */
export type ReportedAs = 'done' | 'failed' | 'retried' | 'released';

/** Why a worker ends: it was told to, its wall time is over, the project is over, or an error. */
export type StopReason = 'signal' | 'wall-time' | 'project-over' | 'error';

export type OnEvent = (event: WorkerEvent) => void;

/** How many reports came to what, and the state in which the project ended, if that is why the worker did. */
export interface WorkerSummary {
  readonly done: number;
  /** Failed for good: not to be tried again, or no attempt was left. */
  readonly failed: number;
  /** Failed, and will be tried again. */
  readonly retried: number;
  /** Given back without having been begun. */
  readonly released: number;
  /** Reports that changed nothing, because the lease no longer stood. */
  readonly refused: number;
  readonly state?: 'done' | 'failed' | undefined;
}
