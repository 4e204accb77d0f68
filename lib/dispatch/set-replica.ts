import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { locateFile } from './locate.ts';
import { ProblemError } from './problem.ts';
import { markReplica } from './replica-marks.ts';
import { fileByDid } from './show-file.ts';

/** Marks a copy of a file as available or not; a file without an available copy is not handed out. */
export async function setReplica(
  context: Context,
  call: Call,
  request: RouteRequest<'setReplica'>,
): Promise<RouteReply<'setReplica'>> {
  const project = await projectToManage(context, call, request.project);
  const { did, url, available } = request;
  const file = await fileByDid(context, project, did);
  if (!file.replicas.some(replica => replica.url === url))
    throw new ProblemError('invalid_request', `${did} has no replica ${url}`);
  const place = await locateFile(context, project, did);
  if (place) await markReplica(context, project, place, { url, available });
  return fileByDid(context, await context.projects.read(project.id), did);
}
