import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { uploadOf } from './create-project.ts';
import { ProblemError } from './problem.ts';

/** Says again where to PUT the manifest of a project that waits for it. */
export async function uploadManifest(
  context: Context,
  call: Call,
  request: RouteRequest<'uploadManifest'>,
): Promise<RouteReply<'uploadManifest'>> {
  const record = await projectToManage(context, call, request.project);
  if (record.state !== 'loading' || record.source?.kind !== 'manifest' || record.source.uploaded)
    throw new ProblemError('wrong_state', `project ${record.id} waits for no manifest`);
  return uploadOf(context, record);
}
