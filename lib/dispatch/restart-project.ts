import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { isClosed } from '../domain/block/block.ts';
import { decodeRanges, encodeRanges } from '../domain/block/codec.ts';
import { type RestartSelection, restart } from '../domain/block/restart.ts';
import { groupOf, scanBlocks } from './blocks.ts';
import { changeBlock } from './change-block.ts';
import { endProject, recordReopened } from './close.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { locateFile } from './locate.ts';
import { wasMovedBy } from './moves.ts';
import { ProblemError } from './problem.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
import { inOrder, SideBySide } from './side-by-side.ts';
import { moveProjectOrRefuse, stateAfter } from './transitions.ts';
import { viewProject } from './views.ts';

/** Blocks gone over before the answer to a restart; those of a larger project take longer than a request may. */
const MOST_BLOCKS = 1024;

/**
 * Makes files ready again, by state or by DID, and the project active.
 *
 * What is to be reopened is kept on the project's record first, so that a restart that is cut off is finished by
 * the sweep; meanwhile the project cannot end.
 */
export async function restartProject(
  context: Context,
  call: Call,
  request: RouteRequest<'restartProject'>,
): Promise<RouteReply<'restartProject'>> {
  const project = await projectToManage(context, call, request.project);
  if (!wasMovedBy(project, request)) stateAfter(project, 'restart');
  const slots = request.dids && (await slotsOf(context, project, request.dids));
  const restarting = { states: request.states ?? ALL_STATES, ...(slots && { slots }) };
  const active = await moveProjectOrRefuse(
    context,
    project,
    'restart',
    request,
    ({ counts: _, ...record }) => {
      if (record.restarting)
        throw new ProblemError('busy', `project ${record.id} is already being restarted`);
      const restarts = record.restarts + 1;
      return { ...record, restarts, restarting, endedAt: null, activatedAt: context.clock.now() };
    },
  );
  if (!slots && blocksOf(active) > MOST_BLOCKS) {
    await context.startJob({ kind: 'restart', project: active.id });
    return { project: await viewProject(context, active) };
  }
  const reopened = await restartJob(context, active.id);
  const { record } = await context.projects.readNow(active.id);
  return { project: await viewProject(context, record), reopened };
}

const ALL_STATES: ('reserved' | 'done' | 'failed')[] = ['reserved', 'done', 'failed'];

/**
 * Finishes the restart that a project's record asks for; may be run again at any time, also beside itself.
 * Answers the files that this run reopened.
 */
export async function restartJob(context: Context, id: number): Promise<number> {
  const { record } = await context.projects.readNow(id);
  if (!record.restarting) return 0;
  const { states, slots } = record.restarting;
  const groups = slots ? groupsOfSlots(slots) : groupsLeft(context, record);
  const beside = new SideBySide(context.layout.requestsAtOnce);
  let reopened = 0;
  // The blocks of a group one after the other: their closings are recorded in one place.
  for await (const group of groups)
    await beside.begin(async () => {
      for (const block of group) {
        const files = await restartBlock(context, record, block.number, { states, ...block });
        reopened += files;
      }
    });
  await beside.end();
  const restarted = await context.projects.change(id, ({ restarting, ...rest }) =>
    restarting && rest.restarts === record.restarts ? rest : undefined,
  );
  await endProject(context, restarted);
  return reopened;
}

/**
 * Reopens the selected files of a block. A restart goes over each block once, whoever runs it and however often, and
 * leaves its number there also when nothing is selected: so what workers do of a block afterwards is never undone, and
 * a run that was overtaken changes nothing any more.
 *
 * A closed block is first marked as open where closings are recorded, in its next life, which it takes from there: so
 * the closing of its former life, should it come late, is ignored.
 */
async function restartBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  selection: RestartSelection,
): Promise<number> {
  return changeBlock(context, project, number, async (block, now) => {
    if (block.restart >= project.restarts) return { outcome: 0 };
    const restarted = restart(block, selection, now);
    if (!restarted)
      return { block: { ...block, version: block.version + 1, restart: project.restarts }, outcome: 0 };
    const life = isClosed(block) ? await recordReopened(context, project, number, block) : block.life;
    const reopened = { ...restarted.block, life, restart: project.restarts };
    return { block: reopened, outcome: restarted.reopened };
  });
}

/** What of a block is to be restarted; absent = all its slots. */
interface Selected {
  readonly number: number;
  readonly slots?: ReadonlySet<number>;
}

/** The blocks that a restart has not gone over yet, by group. */
async function* groupsLeft(context: Context, project: ProjectRecord): AsyncGenerator<Selected[]> {
  for await (const blocks of scanBlocks(context, project))
    yield blocks.filter(({ block }) => block.restart < project.restarts).map(({ number }) => ({ number }));
}

function groupsOfSlots(slots: readonly (readonly [block: number, slots: string])[]): Iterable<Selected[]> {
  const selected = slots.map(([number, ranges]) => ({ number, slots: new Set(decodeRanges(ranges)) }));
  return Map.groupBy(selected, ({ number }) => groupOf(number)).values();
}

/** Where files are, as short as can be: a thousand long DIDs would be more than a record may hold. */
async function slotsOf(
  context: Context,
  project: ProjectRecord,
  dids: readonly string[],
): Promise<[block: number, slots: string][]> {
  const slots = new Map<number, Set<number>>();
  const locate = async (did: string) => ({ did, place: await locateFile(context, project, did) });
  for await (const { did, place } of inOrder(dids, context.layout.requestsAtOnce, locate)) {
    if (!place) throw new ProblemError('file_unknown', `project ${project.id} has no file ${did}`);
    slots.set(place.block, (slots.get(place.block) ?? new Set()).add(place.slot));
  }
  return [...slots].map(([block, some]) => [block, encodeRanges([...some].sort((a, b) => a - b))]);
}
