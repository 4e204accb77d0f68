import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { ReportResult } from '../contract/work.ts';
import type { Reported } from '../domain/block/report.ts';
import { report as settle } from '../domain/block/report.ts';
import { changeBlock } from './change-block.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { recordFailure } from './failures.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';
import {
  doneItems,
  failedItems,
  type PlacedReport,
  placeReports,
  type ReportItem,
  resultOf,
} from './report-items.ts';
import { wakeProject } from './revive.ts';

/** `done`, `failed` and `release`: reports on files, each fenced by its token or by the worker that holds it. */

export function done(
  context: Context,
  call: Call,
  request: RouteRequest<'done'>,
): Promise<RouteReply<'done'>> {
  return reportAll(context, call, request, doneItems(request.done, 'done'));
}

export function failed(
  context: Context,
  call: Call,
  request: RouteRequest<'failed'>,
): Promise<RouteReply<'failed'>> {
  return reportAll(context, call, request, failedItems(request.failed));
}

export function release(
  context: Context,
  call: Call,
  request: RouteRequest<'release'>,
): Promise<RouteReply<'release'>> {
  return reportAll(context, call, request, doneItems(request.released, 'release'));
}

async function reportAll(
  context: Context,
  call: Call,
  request: { project: number; worker?: string | undefined },
  items: readonly ReportItem[],
): Promise<{ results: ReportResult[] }> {
  const project = await wakeProject(context, await projectToWork(context, call, request.project));
  const { byBlock, results } = await placeReports(context, project, request.worker, items);
  for (const [block, placed] of byBlock) await reportOnBlock(context, project, block, placed, results);
  await context.activity.note(project.id);
  return { results: refuseIfSingle(results) };
}

/** Settles reports of one block and puts their results in their places. */
export async function reportOnBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  placed: readonly PlacedReport[],
  results: ReportResult[],
): Promise<void> {
  const outcomes = await changeBlock(context, project, number, async (block, now) => {
    const decided = settle(
      block,
      placed.map(({ report }) => report),
      project,
      now,
    );
    await noteFailures(context, project, number, placed, decided.outcomes);
    const changed = decided.outcomes.some(({ kind }) => kind === 'accepted');
    return { ...(changed && { block: decided.block }), outcome: decided.outcomes };
  });
  keepResults(placed, outcomes, results);
}

export function keepResults(
  placed: readonly PlacedReport[],
  outcomes: readonly Reported[],
  results: ReportResult[],
): void {
  for (const [at, { index, item }] of placed.entries()) {
    const outcome = outcomes[at];
    if (outcome) results[index] = resultOf(item, outcome);
  }
}

export async function noteFailures(
  context: Context,
  project: ProjectRecord,
  number: number,
  placed: readonly PlacedReport[],
  outcomes: readonly Reported[],
): Promise<void> {
  for (const [at, { item, report }] of placed.entries()) {
    const outcome = outcomes[at];
    if (outcome?.kind !== 'accepted' || item.verdict === 'done' || item.verdict === 'release') continue;
    const { attempt, worker } = outcome;
    const reason = item.reason ?? 'reported as failed';
    await recordFailure(context, project, number, report.slot, {
      at: context.clock.now(),
      attempt,
      worker,
      reason,
    });
  }
}

/** A request with a single report that was refused is itself refused, so that a plain script sees it. */
function refuseIfSingle(results: ReportResult[]): ReportResult[] {
  const [only] = results;
  if (results.length === 1 && only && !only.accepted) throw new ProblemError(only.code, only.detail);
  return results;
}
