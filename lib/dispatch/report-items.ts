import type { RefusalCode, ReportResult } from '../contract/work.ts';
import type { Refusal, Report, Reported, Verdict } from '../domain/block/report.ts';
import { parseToken } from '../domain/token.ts';
import type { Context } from './context.ts';
import { locateFile } from './locate.ts';
import { type ProjectRecord, slotsIn } from './project-record.ts';

/** One report of a request, whatever verb it came with. */
export interface ReportItem {
  readonly verdict: Verdict;
  readonly token?: string | undefined;
  readonly did?: string | undefined;
  readonly reason?: string | undefined;
}

/** A report that names a slot of a block, and its place in the request. */
export interface PlacedReport {
  readonly index: number;
  readonly item: ReportItem;
  readonly report: Report;
}

type DoneInput = string | { token: string } | { did: string };
type FailedInput = ({ token: string } | { did: string }) & { retry: boolean; reason?: string | undefined };

export function doneItems(inputs: readonly DoneInput[], verdict: 'done' | 'release'): ReportItem[] {
  return inputs.map(input => (typeof input === 'string' ? { verdict, token: input } : { verdict, ...input }));
}

export function failedItems(inputs: readonly FailedInput[]): ReportItem[] {
  return inputs.map(({ retry, ...item }) => ({ verdict: retry ? 'retry' : 'failed', ...item }));
}

/** Finds the block of each report; those that name nothing are answered at once. */
export async function placeReports(
  context: Context,
  project: ProjectRecord,
  worker: string | undefined,
  items: readonly ReportItem[],
): Promise<{ byBlock: Map<number, PlacedReport[]>; results: ReportResult[] }> {
  const byBlock = new Map<number, PlacedReport[]>();
  const results: ReportResult[] = [];
  for (const [index, item] of items.entries()) {
    const { token } = item;
    const placed =
      token === undefined
        ? await placeByDid(context, project, worker, item)
        : placeByToken(project, token, item.verdict);
    if ('code' in placed) {
      results[index] = refused(item, placed.code, placed.detail);
      continue;
    }
    const others = byBlock.get(placed.block);
    if (others) others.push({ index, item, report: placed.report });
    else byBlock.set(placed.block, [{ index, item, report: placed.report }]);
  }
  return { byBlock, results };
}

type Place = { block: number; report: Report } | { code: RefusalCode; detail: string };

function placeByToken(project: ProjectRecord, text: string, verdict: Verdict): Place {
  const token = parseToken(text);
  if (!token || token.project !== project.id || token.slot >= slotsIn(project, token.block))
    return { code: 'token_unknown', detail: `${text} is not a reservation of project ${project.id}` };
  const { block, slot, lease, attempt } = token;
  return { block, report: { slot, verdict, by: { lease, attempt } } };
}

async function placeByDid(
  context: Context,
  project: ProjectRecord,
  worker = '',
  { did = '', verdict }: ReportItem,
): Promise<Place> {
  const place = await locateFile(context, project, did);
  if (!place) return { code: 'file_unknown', detail: `project ${project.id} has no file ${did}` };
  return { block: place.block, report: { slot: place.slot, verdict, by: { worker } } };
}

/** Tells the caller what became of a report. */
export function resultOf(item: ReportItem, reported: Reported): ReportResult {
  if (reported.kind === 'refused') {
    const { code, says } = REFUSALS[reported.reason];
    return refused(item, code, `${item.token ?? item.did}: ${says}; the file is ${reported.state}`);
  }
  const { state } = reported;
  return { accepted: true, token: item.token, did: item.did, state, repeated: reported.kind === 'repeated' };
}

const REFUSALS: Record<Refusal, { code: RefusalCode; says: string }> = {
  unknown: { code: 'token_unknown', says: 'no such reservation was made' },
  expired: { code: 'lease_expired', says: 'its lease ran out and the file was taken back' },
  overtaken: { code: 'overtaken', says: 'the file was reserved or reset again since' },
  settled: { code: 'already_settled', says: 'this reservation was reported otherwise before' },
  'other-worker': { code: 'other_worker', says: 'another worker holds the file' },
  'not-reserved': { code: 'not_reserved', says: 'this worker does not hold the file' },
};

function refused(item: ReportItem, code: RefusalCode, detail: string): ReportResult {
  return { accepted: false, token: item.token, did: item.did, code, detail };
}
