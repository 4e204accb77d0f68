import * as z from 'zod';
import { LIMITS } from '../contract/limits.ts';
import type { RouteInput } from '../contract/routes.ts';
import type { FileTask, Outcome } from './handler.ts';

const words = { project: z.int().positive(), worker: z.string(), token: z.string(), did: z.string() };

/** What a worker says of a file it held; it can be written to disk, and then speaks for itself. */
export const Report = z.discriminatedUnion('verdict', [
  z.strictObject({ ...words, verdict: z.literal('done') }),
  z.strictObject({ ...words, verdict: z.literal('failed'), retry: z.boolean(), reason: z.string() }),
  z.strictObject({ ...words, verdict: z.literal('released') }),
]);
export type Report = Readonly<z.infer<typeof Report>>;

/** Who reports, and on what. */
export interface Desk {
  readonly project: number;
  readonly worker: string;
}

export function reportOf(
  { project, worker }: Desk,
  { token, did }: FileTask,
  end: Outcome | 'released',
): Report {
  const words = { project, worker, token, did };
  if (end === 'released') return { ...words, verdict: 'released' };
  if ('done' in end) return { ...words, verdict: 'done' };
  const { failed: reason, retry } = end;
  return { ...words, verdict: 'failed', retry, reason };
}

/** Reports that go out in one call: in the order in which the server answers them. */
export type Batch = readonly Report[];

const ORDER = { done: 0, failed: 1, released: 2 } as const satisfies Record<Report['verdict'], number>;

export function batchOf(reports: readonly Report[]): Batch {
  return reports.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
}

/** Reports of several projects and workers, in batches that one call can carry. */
export function batchesOf(reports: readonly Report[]): { desk: Desk; batch: Batch }[] {
  const piles: { desk: Desk; own: Report[] }[] = [];
  for (const report of reports) {
    const { project, worker } = report;
    const pile = piles.findLast(({ desk }) => desk.project === project && desk.worker === worker);
    if (pile && pile.own.length < LIMITS.reports) pile.own.push(report);
    else piles.push({ desk: { project, worker }, own: [report] });
  }
  return piles.map(({ desk, own }) => ({ desk, batch: batchOf(own) }));
}

type ReportFields = Required<Pick<RouteInput<'advance'>, 'done' | 'failed' | 'released'>>;

/** A batch as the server takes it. */
export function fieldsOf(batch: Batch): ReportFields {
  const fields: ReportFields = { done: [], failed: [], released: [] };
  for (const report of batch) {
    if (report.verdict === 'failed')
      fields.failed.push({ token: report.token, retry: report.retry, reason: shorten(report.reason) });
    else fields[report.verdict].push(report.token);
  }
  return fields;
}

function shorten(reason: string): string {
  const { reasonLength } = LIMITS;
  return reason.length <= reasonLength ? reason : `${reason.slice(0, reasonLength - 1).toWellFormed()}…`;
}
