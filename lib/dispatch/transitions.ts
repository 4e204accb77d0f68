import { nextState, type ProjectState, type ProjectVerb } from '../domain/project.ts';
import type { Context } from './context.ts';
import { areProjectsHeard, tellOfProject, withEvent } from './events/project-events.ts';
import { type MoveRequest, wasMovedBy, withMove } from './moves.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';

/**
 * Moves a project along an edge of its life, once: where the edge does not start from its state, nothing happens.
 * `change` adds what else changes with it, or answers undefined to hold it back.
 */
export function moveProject(
  context: Context,
  id: number,
  verb: ProjectVerb,
  change: (record: ProjectRecord) => ProjectRecord | undefined = record => record,
): Promise<ProjectRecord> {
  return moveAndTell(context, id, verb, record => {
    const state = nextState(record.state, verb);
    const changed = state && change(record);
    return changed && { ...changed, state };
  });
}

/**
 * The same on a caller's request: a state from which the verb does not lead is a problem. A copy of a request, however
 * late it comes, moves nothing.
 */
export function moveProjectOrRefuse(
  context: Context,
  { id }: ProjectRecord,
  verb: ProjectVerb,
  request: MoveRequest,
  change: (record: ProjectRecord) => ProjectRecord,
): Promise<ProjectRecord> {
  return moveAndTell(context, id, verb, record => {
    if (wasMovedBy(record, request)) return undefined;
    const state = stateAfter(record, verb);
    return { ...change(record), state, ...withMove(record, request) };
  });
}

/** The write that moves a project is the one that makes its event, for those who hear of projects. */
async function moveAndTell(
  context: Context,
  id: number,
  verb: ProjectVerb,
  move: (record: ProjectRecord) => ProjectRecord | undefined,
): Promise<ProjectRecord> {
  const isHeard = await areProjectsHeard(context);
  const moved = await context.projects.change(id, record => {
    const changed = move(record);
    return changed && isHeard ? withEvent(changed, verb, context.clock.now()) : changed;
  });
  await tellOfProject(context, moved);
  return moved;
}

/** The state that a verb leads to. Fails with `wrong_state` where it leads nowhere. */
export function stateAfter({ id, state }: ProjectRecord, verb: ProjectVerb): ProjectState {
  const next = nextState(state, verb);
  if (!next)
    throw new ProblemError('wrong_state', `project ${id} is ${state}: it cannot be ${PAST[verb] ?? verb}`);
  return next;
}

const PAST: Partial<Record<ProjectVerb, string>> = {
  cancel: 'cancelled',
  activate: 'activated',
  restart: 'restarted',
  load: 'loaded',
};
