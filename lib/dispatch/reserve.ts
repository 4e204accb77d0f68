import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { Reservation } from '../contract/work.ts';
import { hasEnded } from '../domain/project.ts';
import { comeBack } from './come-back.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import type { Bell } from './ports.ts';
import { ProblemError } from './problem.ts';
import { type ProjectRecord, queueOf } from './project-record.ts';
import { learnRepeated } from './repeated.ts';
import { requestIdOf } from './requests.ts';
import { wakeProject } from './revive.ts';
import { lanesFor, takeByTickets, type Wanted } from './take.ts';

/** How often a worker that waits looks whether a project is loaded: no bell rings for that. */
const LOADING_MILLIS = 500;
/** A process hears within this time, while workers ask, that a project is over. */
const OVER_MILLIS = 1_000;

export type ReserveReply = RouteReply<'reserve'>;

/** Reserves files for a worker; waits for one as long as it asks and the home allows. */
export async function reserve(
  context: Context,
  call: Call,
  request: RouteRequest<'reserve'>,
): Promise<ReserveReply> {
  const project = await projectToWork(context, call, request.project);
  const wanted = { ...request, requestId: requestIdOf(context, request) };
  await learnRepeated(context, project, wanted);
  return reserveOrWait(context, call, project, wanted, request.waitSeconds);
}

/** The loop of `reserve`: files, or the project is over, or (after `waitSeconds`) come back later. */
export async function reserveOrWait(
  context: Context,
  call: Call,
  first: ProjectRecord,
  wanted: Wanted,
  waitSeconds: number,
): Promise<ReserveReply> {
  const { bell } = context.tickets;
  const until = context.clock.now() + waitSeconds * 1000;
  const reply = await reserveNow(context, first, wanted);
  if (reply.status !== 'wait' || waitSeconds === 0 || !bell) return reply;
  const { signal } = call;
  let project = first;
  for (let left = waitSeconds * 1000; left > 0; left = until - context.clock.now()) {
    await waitForChange(bell, project, wanted, left, signal);
    if (signal?.aborted) break;
    project = await projectToWork(context, call, project.id);
    const again = await reserveNow(context, project, wanted);
    if (again.status !== 'wait') return again;
  }
  return reply;
}

/** The tickets of a project that is still loading are there before it may be worked on: they are no news. */
function waitForChange(
  bell: Bell,
  project: ProjectRecord,
  wanted: Wanted,
  millis: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (project.state === 'loading') return bell.wait([], Math.min(millis, LOADING_MILLIS), signal);
  const queues = lanesFor(project, wanted).map(lane => queueOf(project, lane));
  return bell.wait(queues, millis, signal);
}

async function reserveNow(context: Context, known: ProjectRecord, wanted: Wanted): Promise<ReserveReply> {
  if (known.state === 'loading') return comeBack(context);
  const project = await wakeProject(context, known);
  const over = overReply(project);
  if (over) return over;
  if (project.state !== 'active')
    throw new ProblemError('project_inactive', `project ${project.id} is ${project.state}`);
  const { reservations, dryLanes } = await takeByTickets(context, project, wanted);
  await context.activity.note(project.id, reservations.length === 0 ? dryLanes : []);
  return reservations.length > 0 ? reservedReply(reservations) : nothingReply(context, project.id);
}

export function reservedReply(reservations: Reservation[]): ReserveReply {
  return { status: 'reserved', reservations };
}

/** Nothing was found: is the project over, or only busy? Of many who ask, only one a second looks. */
async function nothingReply(context: Context, id: number): Promise<ReserveReply> {
  const record = await context.projects.read(id, Math.min(OVER_MILLIS, context.layout.projectCacheMillis));
  return overReply(record) ?? comeBack(context);
}

function overReply({ state }: ProjectRecord): ReserveReply | undefined {
  return hasEnded(state) ? { status: 'done', state } : undefined;
}
