import { RefusedError, UnreachableError } from '../client/index.ts';
import type { RouteReply } from '../contract/routes.ts';
import { RefusalCode } from '../contract/work.ts';
import type { Ask } from './ask.ts';
import type { Line } from './line.ts';
import type { WorkerClient } from './options.ts';
import { type Batch, type Desk, fieldsOf } from './report.ts';
import type { Reports } from './reports.ts';

/** The answer to a request for files. */
export type Next = NonNullable<RouteReply<'advance'>['next']>;

/** What one exchange with the server came to; `next` answers the request for files, if there was one. */
type Exchanged =
  | { readonly next?: Next | undefined }
  /** The server will not have this worker, or not in this project now; or something is wrong in here. */
  | { readonly failure: unknown };

/** Where finished files are handed in and new ones are given out. */
export interface Counter {
  /**
   * Hands in a batch of reports and asks for files, in one call. The batch is settled in any case: answered, refused,
   * or set aside when it cannot be delivered.
   *
   * @param ask makes the request for files, anew for each repetition of the call
   * @param stop cuts short the waiting for files
   */
  exchange(batch: Batch, desk: Desk, ask?: () => Ask, stop?: AbortSignal): Promise<Exchanged>;
}

export interface CounterOptions {
  readonly client: Pick<WorkerClient, 'advance'>;
  readonly line: Line;
  readonly reports: Reports;
  readonly newRequestId: () => string;
}

export function createCounter({ client, line, reports, newRequestId }: CounterOptions): Counter {
  async function exchange(batch: Batch, desk: Desk, ask?: () => Ask, stop?: AbortSignal): Promise<Exchanged> {
    const { project, worker } = desk;
    const request = { project, worker, ...fieldsOf(batch), requestId: newRequestId() };
    const waitSeconds = ask?.().waitSeconds ?? 0;
    try {
      const reply = await line.ask(
        (signal, repeated) =>
          client.advance(
            { ...request, ...(ask && { reserve: ask() }), ...(repeated && { repeated }) },
            { signal },
          ),
        { waitSeconds, cutShort: waitSeconds > 0 ? stop : undefined },
      );
      reports.answered(batch, reply.results);
      return { next: reply.next };
    } catch (error) {
      if (error instanceof RefusedError) return refused(error, batch, desk, ask !== undefined);
      reports.setAside(batch);
      return error instanceof UnreachableError ? {} : { failure: error };
    }
  }

  /** Was it the reports that were refused, or the request for files? What can be reported is. */
  async function refused(error: RefusedError, batch: Batch, desk: Desk, asked: boolean): Promise<Exchanged> {
    const ofReport = RefusalCode.safeParse(error.code);
    if (batch.length === 1 && ofReport.success) {
      reports.refused(batch, ofReport.data, error.message);
      return {};
    }
    if (asked && batch.length > 0) await exchange(batch, desk);
    else if (error.code === 'project_unknown') reports.refused(batch, error.code, error.message);
    else reports.setAside(batch);
    return { failure: error };
  }

  return { exchange };
}
