import type { Project } from '../contract/projects.ts';
import type { Counts } from '../domain/block/block.ts';
import type { Context } from './context.ts';
import { countFiles } from './counts.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';

const NONE: Counts = { ready: 0, reserved: 0, done: 0, failed: 0 };

/** A project as its users see it. */
export async function viewProject(context: Context, record: ProjectRecord): Promise<Project> {
  const { state } = record;
  if (state === 'refused' || state === 'deleting')
    throw new ProblemError('project_unknown', `there is no project ${record.id}`);
  const counts = state === 'loading' ? NONE : (record.counts ?? (await countFiles(context, record)));
  return {
    id: record.id,
    title: record.title,
    owner: record.owner,
    state,
    files: record.files,
    counts,
    attributes: record.attributes,
    fileAttributes: record.fileAttributes,
    leaseSeconds: record.leaseSeconds,
    idleSeconds: record.idleSeconds,
    maxAttempts: record.maxAttempts,
    retryBackoffSeconds: record.retryBackoffSeconds,
    retryBackoffMaxSeconds: record.retryBackoffMaxSeconds,
    onLeaseExpiry: record.onLeaseExpiry,
    users: record.users,
    roles: record.roles,
    virtual: record.virtual,
    lanes: record.lanes.map(({ lane }) => lane),
    createdAt: record.createdAt,
    endedAt: record.endedAt,
    ...(state === 'loading' && record.progress && { loading: record.progress }),
  };
}
