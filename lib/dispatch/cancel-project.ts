import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { ringFor } from './bell.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { moveProjectOrRefuse } from './transitions.ts';
import { viewProject } from './views.ts';

/** Stops handing out files. What workers still hold they may report; heartbeats tell them to stop. */
export async function cancelProject(
  context: Context,
  call: Call,
  request: RouteRequest<'cancelProject'>,
): Promise<RouteReply<'cancelProject'>> {
  const project = await projectToManage(context, call, request.project);
  const endedAt = context.clock.now();
  const cancelled = await moveProjectOrRefuse(context, project, 'cancel', request, record => ({
    ...record,
    endedAt,
  }));
  ringFor(context, cancelled);
  return viewProject(context, cancelled);
}
