import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { isClosed } from '../domain/block/block.ts';
import { slotsThatFit } from '../domain/block/size.ts';
import { AWS_BLOCKS, costSoFar, expectedCost } from '../domain/cost.ts';
import { blockSize } from '../domain/project.ts';
import { scanBlocks } from './blocks.ts';
import { type Call, type Context, projectToWorkNow } from './context.ts';

/** What a project will cost on AWS, and about what it has cost so far. */
export async function projectCost(
  context: Context,
  call: Call,
  request: RouteRequest<'projectCost'>,
): Promise<RouteReply<'projectCost'>> {
  const project = await projectToWorkNow(context, call, request.project);
  const { files, maxAttempts } = project;
  const { filesPerCall } = request;
  const { ways, slots, bytes } = AWS_BLOCKS;
  const plan = {
    files,
    blockFiles: blockSize(files, ways, slotsThatFit(slots, bytes, maxAttempts)),
    filesPerCall,
  };
  const work = { begun: 0, closed: 0, writes: 0, done: 0 };
  for await (const blocks of scanBlocks(context, project))
    for (const { block } of blocks) {
      work.writes += block.version;
      work.begun += block.version > 0 ? 1 : 0;
      work.closed += isClosed(block) ? 1 : 0;
      work.done += block.timing.files;
    }
  return {
    home: context.layout.name,
    isPaid: context.layout.name === 'aws',
    filesPerCall,
    expectedDollars: expectedCost(plan),
    soFarDollars: costSoFar(plan, work, work.done),
    blockWrites: work.writes,
  };
}
