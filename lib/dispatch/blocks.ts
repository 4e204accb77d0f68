import { type Block, newBlock } from '../domain/block/block.ts';
import { decodeBlock, encodeBlock, type StoredBlock } from '../domain/block/codec.ts';
import { forgetBeyond, type LeaseRoom, leaseRoom } from '../domain/block/size.ts';
import { FAN_OUT } from '../domain/closing.ts';
import type { Context } from './context.ts';
import type { Item, Key } from './ports.ts';
import { blocksOf, laneOf, type ProjectRecord, queueOf, slotsIn } from './project-record.ts';
import { inOrder } from './side-by-side.ts';

/**
 * Blocks of one partition, a group; many small partitions keep any one from becoming hot. Their closings are recorded
 * in one node of the closing tree.
 */
const PER_PARTITION = FAN_OUT;

/** A block as it is now; undefined when the project has none of that number. One that nobody touched is not stored. */
export async function readBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
): Promise<Block | undefined> {
  if (slotsIn(project, number) === 0) return undefined;
  const item = await context.store.get(blockKey(project.id, number));
  return item ? blockOf(item) : untouched(project, number);
}

function untouched(project: ProjectRecord, number: number): Block {
  return newBlock(slotsIn(project, number));
}

/** Writes a block over its former version; false when another write came first. */
export function writeBlock(
  context: Context,
  project: number,
  number: number,
  block: Block,
): Promise<boolean> {
  const kept = forgetBeyond(block, context.layout.blockBytes);
  const stored = encodeBlock(kept);
  decoded.set(stored, kept);
  return context.store.put(blockKey(project, number), stored, block.version - 1);
}

/** What the leases of a project's blocks may take. */
export function roomIn({ layout }: Context, { blockSize, maxAttempts }: ProjectRecord): LeaseRoom {
  return leaseRoom({ leases: layout.maxLeases, bytes: layout.blockBytes }, blockSize, maxAttempts);
}

export function queueOfBlock(project: ProjectRecord, number: number): string {
  const lane = laneOf(project, number);
  if (!lane) throw new Error(`block ${number} of project ${project.id} is in no lane`);
  return queueOf(project, lane.lane);
}

export function groupOf(number: number): number {
  return Math.floor(number / PER_PARTITION);
}

function blockKey(project: number, number: number): Key {
  const group = groupOf(number);
  return { partition: blockPartition(project, group), sort: String(number % PER_PARTITION).padStart(2, '0') };
}

function blockPartition(project: number, group: number): string {
  return `p${project}/blocks/${group}`;
}

/** The partitions that a project's blocks are in. */
export function* blockPartitions(project: number, blocks: number): Generator<string> {
  for (let group = 0; group * PER_PARTITION < blocks; group += 1) yield blockPartition(project, group);
}

export interface NumberedBlock {
  readonly number: number;
  readonly block: Block;
}

/** All blocks from `first` on, in order, a group at a time. */
export async function* scanBlocks(
  context: Context,
  project: ProjectRecord,
  first = 0,
): AsyncGenerator<NumberedBlock[]> {
  const groups = groupsOf(project).slice(groupOf(first));
  for await (const { blocks } of scanGroups(context, project, groups))
    yield blocks.filter(({ number }) => number >= first);
}

/** The groups that a project's blocks are in. */
export function groupsOf(project: ProjectRecord): number[] {
  return Array.from({ length: Math.ceil(blocksOf(project) / PER_PARTITION) }, (_, group) => group);
}

/** The blocks of some groups, in their order. */
export function scanGroups(
  { store, layout }: Context,
  project: ProjectRecord,
  groups: Iterable<number>,
): AsyncGenerator<{ group: number; blocks: NumberedBlock[] }> {
  return inOrder(groups, layout.requestsAtOnce, async group => {
    const items = await store.list(blockPartition(project.id, group), { limit: PER_PARTITION });
    const stored = new Map(items.map(item => [Number(item.key.sort), blockOf(item)]));
    const first = group * PER_PARTITION;
    const count = Math.min(PER_PARTITION, blocksOf(project) - first);
    const blocks = Array.from({ length: count }, (_, n) => ({
      number: first + n,
      block: stored.get(n) ?? untouched(project, first + n),
    }));
    return { group, blocks };
  });
}

function blockOf({ value, version, key }: Item): Block {
  const known = decoded.get(value);
  if (known) return known;
  if (!isStoredBlock(value)) throw new Error(`${key.partition}/${key.sort} is not a block`);
  const block = decodeBlock(value, version);
  decoded.set(value, block);
  return block;
}

/** A store that keeps documents gives the same one again: then it need not be decoded again. */
const decoded = new WeakMap<object, Block>();

/** Blocks are written by `encodeBlock` only, so a look at the members that every block has is enough. */
function isStoredBlock(value: object): value is StoredBlock {
  return 'slots' in value && typeof value.slots === 'string' && 'generation' in value;
}
