import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import { leaseOf, triesOf } from '../domain/block/block.ts';
import { parseToken } from '../domain/token.ts';
import { readBlock } from './blocks.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import type { Place } from './locate.ts';
import { ProblemError } from './problem.ts';
import { urlExpiry } from './reservations.ts';
import { uploadTo } from './upload-to.ts';

/**
 * Says where to PUT the output of a reservation. Each attempt has its own key, and the block says which attempt
 * won: so an output counts from the very write that accepts its `done`, and a loser's never does.
 */
export async function output(
  context: Context,
  call: Call,
  request: RouteRequest<'output'>,
): Promise<RouteReply<'output'>> {
  const project = await projectToWork(context, call, request.project);
  const token = parseToken(request.token);
  const block = token?.project === project.id ? await readBlock(context, project, token.block) : undefined;
  if (!token || !block || token.slot >= block.slots.length)
    throw new ProblemError('token_unknown', `${request.token} is not a reservation of project ${project.id}`);
  const lease = leaseOf(block, token.slot);
  if (lease?.id !== token.lease || triesOf(block, token.slot) + 1 !== token.attempt)
    throw new ProblemError('overtaken', `${request.token} no longer holds its file`);
  return uploadTo(context, outputKey(project.id, token, token.attempt), urlExpiry(context, lease));
}

export function outputKey(project: number, { block, slot }: Place, attempt: number): string {
  return `${outputFolder(project)}${block}/${slot}/${attempt}`;
}

export function outputFolder(project: number): string {
  return `outputs/${project}/`;
}
