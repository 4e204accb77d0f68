import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Call, type Context, projectToWorkNow } from './context.ts';
import { viewProject } from './views.ts';

/** Shows a project with its counts; one whose manifest was refused is answered with the reason. */
export async function showProject(
  context: Context,
  call: Call,
  request: RouteRequest<'showProject'>,
): Promise<RouteReply<'showProject'>> {
  // Its counts will be those of now, so its state must be too.
  return viewProject(context, await projectToWorkNow(context, call, request.project));
}
