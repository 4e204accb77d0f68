import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { endProject } from './close.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { moveProjectOrRefuse } from './transitions.ts';
import { viewProject } from './views.ts';

/** Makes a cancelled or abandoned project active again. */
export async function activateProject(
  context: Context,
  call: Call,
  request: RouteRequest<'activateProject'>,
): Promise<RouteReply<'activateProject'>> {
  const project = await projectToManage(context, call, request.project);
  const active = await moveProjectOrRefuse(context, project, 'activate', request, record => ({
    ...record,
    endedAt: null,
    activatedAt: context.clock.now(),
  }));
  // Its last files may have been reported while it was cancelled.
  await endProject(context, active);
  return viewProject(context, (await context.projects.readNow(active.id)).record);
}
