import { z } from 'zod';
import { type Block, hasFailures } from '../domain/block/block.ts';
import {
  type ClosingNode,
  closeChild,
  closingLevels,
  FAN_OUT,
  lifeOf,
  newNode,
  nodeState,
  reopenChild,
} from '../domain/closing.ts';
import { untilWritten } from './conflicts.ts';
import type { Context } from './context.ts';
import { countFiles } from './counts.ts';
import type { Key } from './ports.ts';
import { blocksOf, type ProjectRecord, queueOf } from './project-record.ts';
import { moveProject } from './transitions.ts';

const Node = z.object({ children: z.string(), lives: z.string() });

/**
 * Records that a block is closed, and ends the project when it was the last. Idempotent: whoever finds a closed
 * block whose closing may not have been recorded calls it again.
 */
export async function recordClosed(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
): Promise<void> {
  const levels = closingLevels(blocksOf(project));
  let child = number;
  let state: 'D' | 'F' = hasFailures(block) ? 'F' : 'D';
  for (const level of levels.keys()) {
    const node = await changeNode(context, project, levels, level, Math.floor(child / FAN_OUT), old =>
      closeChild(old, child % FAN_OUT, level === 0 ? block.life : lifeOf(old, child % FAN_OUT), state),
    );
    const now = nodeState(node);
    if (now === '.') return;
    state = now;
    child = Math.floor(child / FAN_OUT);
  }
  await endProject(context, project, state);
}

/**
 * The tree says when to look; the blocks themselves decide. So a restart that reopens blocks meanwhile can make
 * the look come too early, never the end.
 */
async function endProject(context: Context, project: ProjectRecord, state: 'D' | 'F'): Promise<void> {
  const counts = await countFiles(context, project);
  if (counts.ready + counts.reserved > 0) return;
  await moveProject(context, project.id, state === 'D' ? 'end-done' : 'end-failed', record =>
    record.restarting ? undefined : { ...record, counts, endedAt: context.clock.now() },
  );
  for (const { lane } of project.lanes) context.tickets.bell?.ring(queueOf(project, lane));
}

/** Marks a block as open again before a restart reopens it; answers its next life. Idempotent for an open one. */
export async function recordReopened(
  context: Context,
  project: ProjectRecord,
  number: number,
): Promise<number> {
  const levels = closingLevels(blocksOf(project));
  let child = number;
  let life = 0;
  for (const level of levels.keys()) {
    const node = await changeNode(context, project, levels, level, Math.floor(child / FAN_OUT), old =>
      reopenChild(old, child % FAN_OUT),
    );
    if (level === 0) life = lifeOf(node, child % FAN_OUT);
    child = Math.floor(child / FAN_OUT);
  }
  return life;
}

/** Ends the project if all its blocks are closed: for when the last closing met a restart under way. */
export async function endIfClosed(context: Context, project: ProjectRecord): Promise<void> {
  const levels = closingLevels(blocksOf(project));
  const { node } = await readNode(context, project, levels, levels.length - 1, 0);
  const state = nodeState(node);
  if (state !== '.') await endProject(context, project, state);
}

async function changeNode(
  context: Context,
  project: ProjectRecord,
  levels: readonly number[],
  level: number,
  number: number,
  change: (node: ClosingNode) => ClosingNode | undefined,
): Promise<ClosingNode> {
  return untilWritten(context, `the end of project ${project.id}`, async () => {
    const { node, version } = await readNode(context, project, levels, level, number);
    const next = change(node);
    if (!next) return { written: node };
    const written = await context.store.put(nodeKey(project.id, level, number), { ...next }, version);
    return written ? { written: next } : undefined;
  });
}

async function readNode(
  context: Context,
  project: ProjectRecord,
  levels: readonly number[],
  level: number,
  number: number,
): Promise<{ node: ClosingNode; version: number }> {
  const item = await context.store.get(nodeKey(project.id, level, number));
  if (item) return { node: Node.parse(item.value), version: item.version };
  const children = level === 0 ? blocksOf(project) : (levels[level - 1] ?? 0);
  return { node: newNode(Math.min(FAN_OUT, children - number * FAN_OUT)), version: 0 };
}

function nodeKey(project: number, level: number, number: number): Key {
  return { partition: closingPartition(project, level), sort: String(number).padStart(5, '0') };
}

export function closingPartition(project: number, level: number): string {
  return `p${project}/closed/${level}`;
}
