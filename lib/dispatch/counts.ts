import { type Counts, countSlots } from '../domain/block/block.ts';
import { scanBlocks } from './blocks.ts';
import type { Context } from './context.ts';
import type { ProjectRecord } from './project-record.ts';

/** Files by state, counted from the blocks: exact, whatever crashed. */
export async function countFiles(context: Context, project: ProjectRecord): Promise<Counts> {
  const total: Counts = { ready: 0, reserved: 0, done: 0, failed: 0 };
  for await (const blocks of scanBlocks(context, project))
    for (const { block } of blocks) {
      const counts = countSlots(block);
      total.ready += counts.ready;
      total.reserved += counts.reserved;
      total.done += counts.done;
      total.failed += counts.failed;
    }
  return total;
}
