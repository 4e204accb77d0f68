import type { RouteReply, RouteRequest } from '../contract/routes.ts';
import type { Lease } from '../domain/block/block.ts';
import { heartbeat as extend } from '../domain/block/heartbeat.ts';
import { formatToken, parseToken, type Token } from '../domain/token.ts';
import { scanBlocks } from './blocks.ts';
import { changeBlock } from './change-block.ts';
import { type Call, type Context, projectToWork } from './context.ts';
import { blocksOf, leaseMillisOf, type ProjectRecord } from './project-record.ts';
import { slotsHeld } from './reservations.ts';

type Reply = RouteReply<'heartbeat'>;

/** Extends leases, one write a block however many files they hold, and says which are lost. */
export async function heartbeat(
  context: Context,
  call: Call,
  request: RouteRequest<'heartbeat'>,
): Promise<Reply> {
  const project = await projectToWork(context, call, request.project);
  const reply: Reply = { kept: [], lost: [], cancelled: project.state === 'cancelled' };
  if (request.tokens) await extendTokens(context, project, request.worker, request.tokens, reply);
  else await extendAll(context, project, request.worker, reply);
  await context.activity.note(project.id);
  return reply;
}

async function extendTokens(
  context: Context,
  project: ProjectRecord,
  worker: string,
  texts: readonly string[],
  reply: Reply,
): Promise<void> {
  const byBlock = new Map<number, { text: string; token: Token }[]>();
  for (const text of texts) {
    const token = parseToken(text);
    if (token?.project !== project.id || token.block >= blocksOf(project)) reply.lost.push(text);
    else byBlock.set(token.block, [...(byBlock.get(token.block) ?? []), { text, token }]);
  }
  for (const [number, tokens] of byBlock) {
    const leases = new Set(tokens.map(({ token }) => token.lease));
    const { kept } = await extendBlock(
      context,
      project,
      number,
      lease => lease.worker === worker && leases.has(lease.id),
    );
    for (const { text, token } of tokens) {
      const found = kept.find(({ lease, slots }) => lease.id === token.lease && slots.includes(token.slot));
      if (found) reply.kept.push({ token: text, deadline: found.lease.deadline });
      else reply.lost.push(text);
    }
  }
}

async function extendAll(
  context: Context,
  project: ProjectRecord,
  worker: string,
  reply: Reply,
): Promise<void> {
  for await (const blocks of scanBlocks(context, project))
    for (const { number, block } of blocks) {
      if (!block.leases.some(lease => lease.worker === worker)) continue;
      const extended = await extendBlock(context, project, number, one => one.worker === worker);
      for (const { lease } of extended.kept)
        for (const { slot, attempt } of slotsHeld(extended.block, lease)) {
          const token = formatToken({ project: project.id, block: number, slot, attempt, lease: lease.id });
          reply.kept.push({ token, deadline: lease.deadline });
        }
    }
}

function extendBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  wanted: (lease: Lease) => boolean,
) {
  return changeBlock(context, project, number, (block, now) => {
    const { block: extended, kept } = extend(block, wanted, leaseMillisOf(project), now);
    return { ...(kept.length > 0 && { block: extended }), outcome: { block: extended, kept } };
  });
}
