import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { ProblemError } from './problem.ts';
import { viewProject } from './views.ts';

/** Creates a project of the same files, all ready; the caller owns it, users and roles stay. */
export async function copyProject(
  context: Context,
  call: Call,
  request: RouteRequest<'copyProject'>,
): Promise<RouteReply<'copyProject'>> {
  const original = await projectToWork(context, call, request.project);
  if (original.state === 'loading')
    throw new ProblemError('wrong_state', `project ${original.id} is still loading: it cannot be copied`);
  const now = context.clock.now();
  const { counts: _, restarting: __, ...settings } = original;
  const { title, leaseSeconds, idleSeconds } = request;
  const copy = await context.projects.create(id => ({
    ...settings,
    ...(title !== undefined && { title }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
    attributes: { ...original.attributes, ...request.attributes },
    fileAttributes: { ...original.fileAttributes, ...request.fileAttributes },
    id,
    owner: call.caller.user,
    state: 'loading',
    createdAt: now,
    activatedAt: now,
    endedAt: null,
    files: 0,
    lanes: [],
    hasMarks: false,
    restarts: 0,
    source: { kind: 'project', project: original.id },
    progress: { phase: 'writing', files: 0, of: original.files },
  }));
  await context.startJob({ kind: 'load', project: copy.id });
  return viewProject(context, copy);
}
