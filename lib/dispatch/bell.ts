import type { Context } from './context.ts';
import { type ProjectRecord, queueOf } from './project-record.ts';

/** Lets workers that wait for a file of the project look again. */
export function ringFor({ tickets }: Pick<Context, 'tickets'>, project: ProjectRecord): void {
  for (const { lane } of project.lanes) tickets.bell?.ring(queueOf(project, lane));
}
