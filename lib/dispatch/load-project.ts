import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Call, type Context, projectToManage } from './context.ts';
import { manifestKey } from './create-project.ts';
import { ProblemError } from './problem.ts';
import { viewProject } from './views.ts';

/** Starts loading the uploaded manifest; asking again while it loads changes nothing. */
export async function loadProject(
  context: Context,
  call: Call,
  request: RouteRequest<'loadProject'>,
): Promise<RouteReply<'loadProject'>> {
  const record = await projectToManage(context, call, request.project);
  if (record.state !== 'loading' || record.source?.kind !== 'manifest')
    throw new ProblemError(
      'wrong_state',
      `project ${record.id} is ${record.state}: it waits for no manifest`,
    );
  if (record.source.uploaded) return viewProject(context, record);
  if (!(await context.files.exists(manifestKey(record.id))))
    throw new ProblemError('wrong_state', `the manifest of project ${record.id} has not been uploaded`);
  const loading = await context.projects.change(record.id, now =>
    now.state === 'loading' && now.source?.kind === 'manifest'
      ? { ...now, source: { ...now.source, uploaded: true }, progress: { phase: 'checking', files: 0 } }
      : undefined,
  );
  await context.startJob({ kind: 'load', project: record.id });
  return viewProject(context, loading);
}
