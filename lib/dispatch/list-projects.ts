import type { Project } from '../contract/projects.ts';
import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { mayWork } from '../domain/project.ts';
import type { Call, Context } from './context.ts';
import type { ProjectRecord } from './project-record.ts';
import { viewProject } from './views.ts';

/** Lists the projects the caller may see, by id. */
export async function listProjects(
  context: Context,
  call: Call,
  request: RouteRequest<'listProjects'>,
): Promise<RouteReply<'listProjects'>> {
  const projects: Project[] = [];
  const { limit } = request;
  for (let { after } = request; ; ) {
    const records = await context.projects.list({ after, limit });
    for (const record of records) {
      if (!wanted(record, call, request)) continue;
      if (projects.length === limit) return { projects, next: after };
      projects.push(await viewProject(context, record));
      after = record.id;
    }
    const last = records.at(-1);
    if (!last || records.length < limit) return { projects };
    after = last.id;
  }
}

function wanted(
  record: ProjectRecord,
  { caller }: Call,
  { owner, state }: RouteRequest<'listProjects'>,
): boolean {
  if (record.state === 'refused' || record.state === 'deleting' || !mayWork(record, caller)) return false;
  return (owner === undefined || record.owner === owner) && (state === undefined || record.state === state);
}
