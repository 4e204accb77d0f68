import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { isClosed } from '../domain/block/block.ts';
import { type RestartSelection, restart } from '../domain/block/restart.ts';
import { scanBlocks } from './blocks.ts';
import { changeBlock } from './change-block.ts';
import { endProject, recordReopened } from './close.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { locateFile } from './locate.ts';
import { ProblemError } from './problem.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
import { moveProjectOrRefuse, stateAfter } from './transitions.ts';
import { viewProject } from './views.ts';

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
  stateAfter(project, 'restart');
  await refuseUnknown(context, project, request.dids ?? []);
  const restarting = { states: request.states ?? ALL_STATES, ...(request.dids && { dids: request.dids }) };
  const active = await moveProjectOrRefuse(context, project, 'restart', ({ counts: _, ...record }) => {
    if (record.restarting) throw new ProblemError('busy', `project ${record.id} is already being restarted`);
    const restarts = record.restarts + 1;
    return { ...record, restarts, restarting, endedAt: null, activatedAt: context.clock.now() };
  });
  const reopened = await restartJob(context, active.id);
  const { record } = await context.projects.readNow(active.id);
  return { project: await viewProject(context, record), reopened };
}

const ALL_STATES: ('reserved' | 'done' | 'failed')[] = ['reserved', 'done', 'failed'];

/**
 * Finishes the restart that a project's record asks for; may be run again at any time, also beside itself.
 * Answers the files reopened.
 */
export async function restartJob(context: Context, id: number): Promise<number> {
  const { record } = await context.projects.readNow(id);
  if (!record.restarting) return 0;
  const { states, dids } = record.restarting;
  let reopened = 0;
  if (dids) {
    for (const [number, slots] of await slotsOf(context, record, dids))
      reopened += await restartBlock(context, record, number, { states, slots });
  } else {
    for await (const blocks of scanBlocks(context, record, blocksOf(record)))
      for (const { number, block } of blocks)
        if (block.restart < record.restarts)
          reopened += await restartBlock(context, record, number, { states });
  }
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
 * A closed block is first marked as open where closings are recorded, and takes its next life from there: so the
 * closing of its former life, should it come late, is ignored.
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
    const life = isClosed(block) ? await recordReopened(context, project, number) : block.life;
    const reopened = { ...restarted.block, life, restart: project.restarts };
    return { block: reopened, outcome: restarted.reopened };
  });
}

async function slotsOf(
  context: Context,
  project: ProjectRecord,
  dids: readonly string[],
): Promise<Map<number, Set<number>>> {
  const slots = new Map<number, Set<number>>();
  for (const did of dids) {
    const place = await locateFile(context, project, did);
    if (!place) continue;
    slots.set(place.block, (slots.get(place.block) ?? new Set()).add(place.slot));
  }
  return slots;
}

async function refuseUnknown(
  context: Context,
  project: ProjectRecord,
  dids: readonly string[],
): Promise<void> {
  for (const did of dids)
    if (!(await locateFile(context, project, did)))
      throw new ProblemError('file_unknown', `project ${project.id} has no file ${did}`);
}
