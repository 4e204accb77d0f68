import type { ProjectFile } from '../contract/projects.ts';
import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { type Block, leaseOf, READY, slotState } from '../domain/block/block.ts';
import { scanBlocks } from './blocks.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { filesIn } from './project-files.ts';
import { laneOf } from './project-record.ts';

/**
 * Lists the files of a project, lane by lane in the order of its manifest, by state, worker or lane.
 * `after` and `next` are positions; they are of use only to go on with a listing.
 */
export async function listFiles(
  context: Context,
  call: Call,
  request: RouteRequest<'listFiles'>,
): Promise<RouteReply<'listFiles'>> {
  const project = await projectToWork(context, call, request.project);
  const { after, limit, lane } = request;
  const files: ProjectFile[] = [];
  const first = Math.floor(after / project.blockSize);
  for await (const blocks of scanBlocks(context, project, first))
    for (const { number, block } of blocks) {
      if (lane !== undefined && laneOf(project, number)?.lane !== lane) continue;
      const start = number * project.blockSize;
      const slots = slotsWanted(block, request).filter(slot => start + slot >= after);
      const room = limit - files.length;
      files.push(...(await filesIn(context, project, number, block, slots.slice(0, room))));
      const left = slots[room];
      if (left !== undefined) return { files, next: start + left };
    }
  return { files };
}

function slotsWanted(block: Block, { state, worker }: RouteRequest<'listFiles'>): number[] {
  return Array.from(block.slots, (_, slot) => slot).filter(
    slot =>
      (state === undefined || slotState(block.slots[slot] ?? READY) === state) &&
      (worker === undefined || leaseOf(block, slot)?.worker === worker),
  );
}
