import * as z from 'zod';
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
  reopenNode,
} from '../domain/closing.ts';
import { nextState } from '../domain/project.ts';
import { ringFor } from './bell.ts';
import { untilWritten } from './conflicts.ts';
import type { Context } from './context.ts';
import { countFiles } from './counts.ts';
import type { Key } from './ports.ts';
import { blocksOf, type ProjectRecord } from './project-record.ts';
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
    const node = await changeNode(context, project, level, Math.floor(child / FAN_OUT), old =>
      closeChild(old, child % FAN_OUT, level === 0 ? block.life : lifeOf(old, child % FAN_OUT), state),
    );
    const now = nodeState(node);
    if (now === '.') return;
    state = now;
    child = Math.floor(child / FAN_OUT);
  }
  await endProject(context, project);
}

/**
 * Ends the project if all its files are terminal. The tree says when to look; the blocks themselves decide. So a
 * look may come too early, when a restart reopens blocks meanwhile, but never the end: what was counted before a
 * restart began does not hold after it.
 */
export async function endProject(context: Context, project: ProjectRecord): Promise<void> {
  const { record: before } = await context.projects.readNow(project.id);
  if (before.restarting || !nextState(before.state, 'end-done')) return;
  const counts = await countFiles(context, project);
  if (counts.ready + counts.reserved > 0) return;
  await moveProject(context, project.id, counts.failed > 0 ? 'end-failed' : 'end-done', record =>
    record.restarts === before.restarts ? { ...record, counts, endedAt: context.clock.now() } : undefined,
  );
  context.durations.forget(project.id);
  ringFor(context, project);
}

/**
 * Marks a block as open again before a restart reopens it; answers its next life. Idempotent: by whomever and however
 * often, it is done once for each life, and not at all when the block has closed in a later one meanwhile.
 */
export async function recordReopened(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
): Promise<number> {
  const at = number % FAN_OUT;
  let child = Math.floor(number / FAN_OUT);
  const node = await changeNode(context, project, 0, child, old => reopenChild(old, at, block.life));
  const life = lifeOf(node, at);
  if (node.children[at] !== '.') return life;
  for (const level of closingLevels(blocksOf(project)).keys().drop(1)) {
    const parent = Math.floor(child / FAN_OUT);
    await changeNode(context, project, level, parent, old => reopenNode(old, child % FAN_OUT));
    child = parent;
  }
  return life;
}

/** What is recorded of each group of blocks, by its number; a group of which nothing is has no node. */
export async function closingsOf(
  { store }: Context,
  project: ProjectRecord,
): Promise<Map<number, ClosingNode>> {
  const [limit = 1] = closingLevels(blocksOf(project));
  const nodes = await store.list(closingPartition(project.id, 0), { limit });
  return new Map(nodes.map(({ key, value }) => [Number(key.sort), Node.parse(value)]));
}

async function changeNode(
  context: Context,
  project: ProjectRecord,
  level: number,
  number: number,
  change: (node: ClosingNode) => ClosingNode | undefined,
): Promise<ClosingNode> {
  return untilWritten(context, `the end of project ${project.id}`, async () => {
    const { node, version } = await readNode(context, project, level, number);
    const next = change(node);
    if (!next) return { written: node };
    const written = await context.store.put(nodeKey(project.id, level, number), { ...next }, version);
    return written ? { written: next } : undefined;
  });
}

async function readNode(
  context: Context,
  project: ProjectRecord,
  level: number,
  number: number,
): Promise<{ node: ClosingNode; version: number }> {
  const item = await context.store.get(nodeKey(project.id, level, number));
  if (item) return { node: Node.parse(item.value), version: item.version };
  const blocks = blocksOf(project);
  const children = level === 0 ? blocks : (closingLevels(blocks)[level - 1] ?? 0);
  return { node: newNode(Math.min(FAN_OUT, children - number * FAN_OUT)), version: 0 };
}

function nodeKey(project: number, level: number, number: number): Key {
  return { partition: closingPartition(project, level), sort: String(number).padStart(5, '0') };
}

export function closingPartition(project: number, level: number): string {
  return `p${project}/closed/${level}`;
}
