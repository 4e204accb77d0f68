import type { RouteRequest } from '../contract/routes.ts';
import type { Sites } from '../contract/sites.ts';
import type { Call, Context } from './context.ts';
import { ProblemError } from './problem.ts';

export function getSites(context: Context): Promise<Sites> {
  return context.sites.read();
}

/** Replaces the table of sites; for admins. */
export async function putSites(
  context: Context,
  { caller }: Call,
  table: RouteRequest<'putSites'>,
): Promise<Sites> {
  if (!caller.admin) throw new ProblemError('forbidden', 'only an admin may change the table of sites');
  await context.sites.replace(table);
  return table;
}
