import type { Reservation } from '../contract/work.ts';
import { readBlock, scanBlocks } from './blocks.ts';
import type { Context } from './context.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
import { filesOfBlock, reservationsOf, slotsHeld } from './reservations.ts';

/** A project of more blocks is not looked through for one request: when all workers repeat, that would be too much. */
const MOST_BLOCKS = 4_096;

interface Request {
  readonly worker: string;
  readonly requestId: string;
  readonly site?: string | undefined;
  /** Its sender says so: the answer to an earlier sending may have been lost. */
  readonly repeated?: boolean | undefined;
}

/** What a repeated request was given the first time and still holds. */
export async function takenBefore(
  context: Context,
  project: ProjectRecord,
  request: Request,
): Promise<Reservation[]> {
  const taken: Reservation[] = [];
  for (const number of context.requests.blocksOf(project.id, request)) {
    const block = await readBlock(context, project, number);
    const lease = block?.leases.find(isOf(request));
    if (!block || !lease) continue;
    const files = await filesOfBlock(context, project, number, request.site);
    taken.push(...reservationsOf(context, project, files, lease, slotsHeld(block, lease)));
  }
  return taken;
}

/** Learns what a repeated request was given by another process, or by this one before it was started anew. */
export async function learnRepeated(
  context: Context,
  project: ProjectRecord,
  request: Request,
): Promise<void> {
  if (!request.repeated || blocksOf(project) > MOST_BLOCKS) return;
  if (context.requests.blocksOf(project.id, request).length > 0) return;
  for await (const blocks of scanBlocks(context, project))
    for (const { number, block } of blocks) {
      const lease = block.leases.find(isOf(request));
      if (lease) context.requests.note(project.id, number, lease);
    }
}

function isOf({ worker, requestId }: Request) {
  return (lease: Pick<Request, 'worker' | 'requestId'>) =>
    lease.worker === worker && lease.requestId === requestId;
}
