import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { Reservation } from '../contract/work.ts';
import { type NumberedBlock, scanBlocks } from './blocks.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import type { ProjectRecord } from './project-record.ts';
import { filesOfBlock, reservationsOf, slotsHeld } from './reservations.ts';

/** The files a worker holds, with URLs that work, so that it can go on where it was. */
export async function held(
  context: Context,
  call: Call,
  request: RouteRequest<'held'>,
): Promise<RouteReply<'held'>> {
  const project = await projectToWork(context, call, request.project);
  const reservations: Reservation[] = [];
  for await (const blocks of scanBlocks(context, project))
    for (const numbered of blocks) reservations.push(...(await heldIn(context, project, numbered, request)));
  return { reservations: reservations.map(reservation => ({ ...reservation, worker: request.worker })) };
}

async function heldIn(
  context: Context,
  project: ProjectRecord,
  { number, block }: NumberedBlock,
  { worker, site }: RouteRequest<'held'>,
): Promise<Reservation[]> {
  const leases = block.leases.filter(lease => lease.worker === worker);
  if (leases.length === 0) return [];
  const files = await filesOfBlock(context, project, number, site);
  return leases.flatMap(lease => reservationsOf(context, project, files, lease, slotsHeld(block, lease)));
}
