import type { Clock, Files, Outbound, Posting, Store, TicketQueue } from './ports.ts';

/** Where Sluice runs: the adapters of its ports, and the numbers that suit the place. */
export interface Home {
  readonly store: Store;
  readonly tickets: TicketQueue;
  readonly files: Files;
  readonly clock: Clock;
  /** Homes that can send events elsewhere have one. */
  readonly outbound?: Outbound | undefined;
  /** Homes that can tell webhooks have one. */
  readonly posting?: Posting | undefined;
  /** Starts work that goes on after the answer; should it be lost, the sweep starts it again. */
  readonly startJob: (job: Job) => Promise<void>;
  /** A new request id. */
  readonly newId: () => string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly layout: Layout;
  /** Sluice's version. */
  readonly version: string;
  /** Says on the operator's log that something went wrong which no caller hears of. */
  readonly warn: (message: string, error: unknown) => void;
}

/** Work too long for a request. */
export interface Job {
  readonly kind: 'load' | 'restart' | 'delete';
  readonly project: number;
}

export interface Layout {
  /** `embedded` or `aws`. */
  readonly name: string;
  /** What a caller who is not known is told: how to become known. */
  readonly signIn: string;
  /** In how many ways at once a project should be workable; more ways, smaller blocks. */
  readonly ways: number;
  /** Where what never changes of projects is kept: items where writes are free, files where one holds many pages. */
  readonly pagesIn: 'store' | 'files';
  /** Slots of a full block. */
  readonly maxSlots: number;
  /** Leases a block may hold at once. */
  readonly maxLeases: number;
  /** Bytes that a block may take where it is stored; infinite where that costs nothing. */
  readonly blockBytes: number;
  /** Numbers of tasks that a process takes at a time. */
  readonly taskNumbers: number;
  /** A reserve that finds more than this share of its count in one block is content, and looks for no further ticket. */
  readonly contentShare: number;
  /** A worker that takes this many files by a ticket has the block for itself until the ticket comes up unasked. */
  readonly ticketRestsFrom: number;
  /** How long the record of a project or a queue may be used before it is read again, ms. */
  readonly projectCacheMillis: number;
  /** Requests that one piece of work, such as a scan, may have under way at once. */
  readonly requestsAtOnce: number;
  /** The same while a project is loaded, whose writes are large. */
  readonly pagesAtOnce: number;
  /** A worker that found nothing comes back after this time, jittered by half. */
  readonly retryAfterSeconds: number;
  /** When a process gives more such answers in a minute, workers stay away longer. */
  readonly waitsPerMinute: number;
}
