import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { ReportResult, Reservation } from '../contract/work.ts';
import { advance as settleAndLease } from '../domain/block/advance.ts';
import { changeBlock } from './change-block.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { recordExpired } from './failures.ts';
import { ProblemError } from './problem.ts';
import { laneOf, type ProjectRecord } from './project-record.ts';
import { learnRepeated, takenBefore } from './repeated.ts';
import { keepResults, noteFailures, reportOnBlock } from './report.ts';
import { doneItems, failedItems, type PlacedReport, placeReports } from './report-items.ts';
import { requestIdOf } from './requests.ts';
import { filesOfBlock, reservationsOf } from './reservations.ts';
import { type ReserveReply, reservedReply, reserveOrWait } from './reserve.ts';
import { wakeProject } from './revive.ts';
import { decideOrTry, isContent, lanesFor, restOf, takeByTickets, type Wanted } from './take.ts';

/**
 * Reports files and reserves more, the hot path: on the block that the worker already holds both are one read and
 * one write, and no queue is asked.
 */
export async function advance(
  context: Context,
  call: Call,
  request: RouteRequest<'advance'>,
): Promise<RouteReply<'advance'>> {
  const known = await projectToWork(context, call, request.project);
  const items = [
    ...doneItems(request.done, 'done'),
    ...failedItems(request.failed),
    ...doneItems(request.released, 'release'),
  ];
  const project = items.length > 0 ? await wakeProject(context, known) : known;
  const { byBlock, results } = await placeReports(context, project, request.worker, items);
  const wanted = request.reserve && {
    ...request.reserve,
    worker: request.worker,
    requestId: requestIdOf(context, request),
    repeated: request.repeated,
  };
  if (wanted) await learnRepeated(context, project, wanted);
  const reservations = wanted ? await takenBefore(context, project, wanted) : [];
  const mayTake = reservations.length === 0;
  for (const [number, placed] of byBlock) {
    if (mayTake && wanted && reservations.length < wanted.count && mayTakeFrom(project, wanted, number))
      reservations.push(
        ...(await advanceBlock(
          context,
          project,
          number,
          placed,
          results,
          await restOf(context, project, wanted, reservations),
        )),
      );
    else await reportOnBlock(context, project, number, placed, results);
  }
  await context.activity.note(project.id);
  if (!wanted) return { results };
  if (!mayTake) return { results, next: reservedReply(reservations) };
  try {
    const waitSeconds = request.reserve?.waitSeconds ?? 0;
    return { results, next: await topUp(context, call, project, wanted, waitSeconds, reservations) };
  } catch (error) {
    // The reports were accepted, and are answered; the next request for files is told what is wrong with it.
    if (items.length === 0 || !(error instanceof ProblemError)) throw error;
    return { results };
  }
}

function mayTakeFrom(project: ProjectRecord, wanted: Wanted, number: number): boolean {
  const lane = laneOf(project, number);
  return project.state === 'active' && lane !== undefined && lanesFor(project, wanted).includes(lane.lane);
}

async function advanceBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  placed: readonly PlacedReport[],
  results: ReportResult[],
  wanted: Wanted,
): Promise<Reservation[]> {
  const files = await filesOfBlock(context, project, number, wanted.site);
  const reports = placed.map(({ report }) => report);
  const { outcomes, reserved } = await changeBlock(context, project, number, async (block, now) => {
    context.durations.observe(project.id, number, block);
    const decided = await decideOrTry(context, project, number, { files, wanted }, command => {
      const settled = settleAndLease(block, reports, command, project, now);
      return { ...settled, held: settled.block.leases };
    });
    await noteFailures(context, project, number, placed, decided.outcomes);
    await recordExpired(context, project, number, decided.failed);
    const { outcomes, reserved } = decided;
    const changed = reserved.kind === 'leased' || outcomes.some(({ kind }) => kind === 'accepted');
    return { ...(changed && { block: decided.block }), outcome: { outcomes, reserved } };
  });
  keepResults(placed, outcomes, results);
  if (reserved.kind !== 'leased') return [];
  context.requests.note(project.id, number, reserved.lease);
  return reservationsOf(context, project, files, reserved.lease, reserved.slots);
}

/** Fills up what the worker's own blocks did not give, from the tickets. */
async function topUp(
  context: Context,
  call: Call,
  project: ProjectRecord,
  wanted: Wanted,
  waitSeconds: number,
  reservations: Reservation[],
): Promise<ReserveReply> {
  if (isContent(context, wanted, reservations.length)) return reservedReply(reservations);
  const now = await context.projects.read(project.id);
  if (reservations.length === 0) return reserveOrWait(context, call, now, wanted, waitSeconds);
  if (now.state !== 'active') return reservedReply(reservations);
  const more = await takeByTickets(context, now, wanted, reservations);
  return reservedReply(more.reservations);
}
