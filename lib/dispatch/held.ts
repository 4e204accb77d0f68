import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { Reservation } from '../contract/work.ts';
import { parseToken } from '../domain/token.ts';
import { type NumberedBlock, readBlock, scanBlocks } from './blocks.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
import { filesOfBlock, reservationsOf, slotsHeld } from './reservations.ts';

/** The files a worker holds, with URLs that work, so that it can go on where it was. */
export async function held(
  context: Context,
  call: Call,
  request: RouteRequest<'held'>,
): Promise<RouteReply<'held'>> {
  const project = await projectToWork(context, call, request.project);
  if (request.token !== undefined)
    return replyOf(request, await heldByToken(context, project, request.token, request));
  const reservations: Reservation[] = [];
  for await (const blocks of scanBlocks(context, project))
    for (const numbered of blocks) reservations.push(...(await heldIn(context, project, numbered, request)));
  return replyOf(request, reservations);
}

function replyOf({ worker }: RouteRequest<'held'>, reservations: readonly Reservation[]): RouteReply<'held'> {
  return { reservations: reservations.map(reservation => ({ ...reservation, worker })) };
}

async function heldByToken(
  context: Context,
  project: ProjectRecord,
  text: string,
  request: RouteRequest<'held'>,
): Promise<Reservation[]> {
  const token = parseToken(text);
  if (token?.project !== project.id || token.block >= blocksOf(project)) return [];
  const block = await readBlock(context, project, token.block);
  const held = block ? await heldIn(context, project, { number: token.block, block }, request) : [];
  return held.filter(reservation => reservation.token === text);
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
