import type { Context } from './context.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';
import { moveProject } from './transitions.ts';

/** An abandoned project that a worker turns to is active again. */
export async function wakeProject(context: Context, project: ProjectRecord): Promise<ProjectRecord> {
  if (project.state === 'loading')
    throw new ProblemError('project_inactive', `project ${project.id} is still loading`);
  if (project.state !== 'abandoned') return project;
  return moveProject(context, project.id, 'revive', record => ({
    ...record,
    endedAt: null,
    activatedAt: context.clock.now(),
  }));
}
