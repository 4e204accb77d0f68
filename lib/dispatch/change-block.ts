import { type Block, isClosed } from '../domain/block/block.ts';
import { moveTicket } from '../domain/block/wake.ts';
import { queueOfBlock, readBlock, roomIn, writeBlock } from './blocks.ts';
import { recordClosed } from './close.ts';
import { untilWritten } from './conflicts.ts';
import type { Context } from './context.ts';
import { ProblemError } from './problem.ts';
import type { ProjectRecord } from './project-record.ts';

/** A decision about a block: what it becomes (absent = nothing changes), and what to tell the caller. */
export interface Decision<T> {
  readonly block?: Block;
  readonly outcome: T;
}

/**
 * Changes a block that no ticket was received for: one decision, one conditional write. Before it, a fresh ticket
 * is sent if the current one would come up too late; after a write that closes the block, that is recorded.
 */
export function changeBlock<T>(
  context: Context,
  project: ProjectRecord,
  number: number,
  decide: (block: Block, now: number) => Decision<T> | Promise<Decision<T>>,
): Promise<T> {
  return untilWritten(context, `block ${number} of project ${project.id}`, async () => {
    const block = await readBlock(context, project, number);
    if (!block) throw new ProblemError('token_unknown', `project ${project.id} has no block ${number}`);
    const decision = await decide(block, context.clock.now());
    const settled = !decision.block || (await commitBlock(context, project, number, decision.block));
    return settled ? { written: decision.outcome } : undefined;
  });
}

/** Sends the ticket a changed block needs, writes it, and records its closing. False: another write came first. */
export async function commitBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  changed: Block,
): Promise<boolean> {
  const { block, move } = moveTicket(changed, roomIn(context, project));
  if (move.kind === 'send')
    await context.tickets.send(queueOfBlock(project, number), [
      { block: number, generation: move.generation, visibleAt: move.visibleAt },
    ]);
  if (!(await writeBlock(context, project.id, number, block))) return false;
  if (isClosed(block)) await recordClosed(context, project, number, block);
  return true;
}
