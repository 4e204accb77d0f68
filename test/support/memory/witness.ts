import type { Key, Value } from '../../../lib/dispatch/ports.ts';
import { ProjectRecord } from '../../../lib/dispatch/project-record.ts';
import {
  type Block,
  type Counts,
  countSlots,
  isClosed,
  newBlock,
  type SlotState,
} from '../../../lib/domain/block/block.ts';
import { decodeBlock, type StoredBlock } from '../../../lib/domain/block/codec.ts';
import { checkInvariants } from '../model/block-checks.ts';
import { type BlockChange, watchSlot } from './watch-slot.ts';
import type { MemoryWorld } from './world.ts';

type State = ProjectRecord['state'];

/** Where a project may go from each state: written down once more, so that a mistake must be made twice. */
const WAYS: Record<State, readonly State[]> = {
  loading: ['active', 'refused', 'deleting'],
  refused: ['deleting'],
  active: ['done', 'failed', 'cancelled', 'abandoned', 'deleting'],
  abandoned: ['active', 'done', 'failed', 'cancelled', 'deleting'],
  cancelled: ['active', 'deleting'],
  done: ['active', 'deleting'],
  failed: ['active', 'deleting'],
  deleting: [],
};

/**
 * Watches every write to a world, and notes each that breaks a promise of the design: whoever made it, whatever
 * crashed before.
 */
export class Witness {
  readonly broken: string[] = [];
  /** Token → what the write that accepted its report left the file as. */
  readonly settled = new Map<string, SlotState>();
  readonly #world: MemoryWorld;
  /** Project and block → the restart that last reopened files there. */
  readonly #restarts = new Map<string, number>();

  constructor(world: MemoryWorld) {
    this.#world = world;
    world.items.watcher = (key, before, after) => this.#see(key, before, after);
  }

  /** The projects as they are stored. */
  records(): ProjectRecord[] {
    const items = this.#world.items.list('projects', { limit: 1000 });
    return items.map(({ value }) => ProjectRecord.parse(value));
  }

  record(id: number): ProjectRecord | undefined {
    const item = this.#world.items.get({ partition: 'projects', sort: String(id).padStart(10, '0') });
    return item && ProjectRecord.parse(item.value);
  }

  /** The blocks of a project; those that nobody touched are not stored. */
  blocks(id: number): Block[] {
    const { lanes = [], blockSize = 1 } = this.record(id) ?? {};
    return lanes.flatMap(({ first, blocks, files }) =>
      Array.from({ length: blocks }, (_, n) => {
        const item = this.#world.items.get(keyOf(id, first + n));
        return item ? blockOf(item.value) : newBlock(Math.min(blockSize, files - n * blockSize));
      }),
    );
  }

  /** The files of a project by state, counted anew. */
  counts(id: number): Counts {
    const blocks = this.blocks(id).map(countSlots);
    const sum = (state: SlotState) => blocks.reduce((total, counts) => total + counts[state], 0);
    return { ready: sum('ready'), reserved: sum('reserved'), done: sum('done'), failed: sum('failed') };
  }

  /** Notes a promise that is broken. */
  check(isKept: boolean, promise: string): void {
    if (!isKept) this.broken.push(promise);
  }

  #see(key: Key, before: Value | undefined, after: Value | undefined): void {
    if (key.partition === 'projects') this.#seeProject(before, after);
    const [, project] = /^p(\d+)\/blocks\//.exec(key.partition) ?? [];
    if (project) this.#seeBlock(Number(project), key, before, after);
  }

  #seeProject(before: Value | undefined, after: Value | undefined): void {
    const was = before && ProjectRecord.parse(before);
    const is = after && ProjectRecord.parse(after);
    const name = `project ${(is ?? was)?.id}`;
    if (!is) this.check(was?.state === 'deleting', `${name} was removed though it was ${was?.state}`);
    else if (!was) this.check(is.state === 'loading', `${name} began as ${is.state}`);
    else if (was.state !== is.state) {
      this.check(WAYS[was.state].includes(is.state), `${name} went from ${was.state} to ${is.state}`);
      if (is.state === 'done' || is.state === 'failed') this.#seeEnd(name, is);
    }
  }

  #seeEnd(name: string, project: ProjectRecord): void {
    const counts = this.counts(project.id);
    const says = JSON.stringify(counts);
    this.check(
      counts.done + counts.failed === project.files,
      `${name} of ${project.files} ended with ${says}`,
    );
    this.check(
      (project.state === 'failed') === counts.failed > 0,
      `${name} is ${project.state} with ${says}`,
    );
    this.check(JSON.stringify(project.counts) === says, `${name} ended with false counts`);
    this.check(!project.restarting, `${name} ended during a restart`);
  }

  #seeBlock(id: number, key: Key, before: Value | undefined, after: Value | undefined): void {
    const project = this.record(id);
    if (!project || project.state === 'deleting') return;
    const number = numberOf(key);
    const name = `block ${number} of project ${id}`;
    if (!after) this.check(false, `${name} was removed though the project is ${project.state}`);
    else {
      this.check(project.state !== 'loading', `${name} was changed though the project is still loading`);
      const is = blockOf(after);
      this.#seeChange(name, project, number, before ? blockOf(before) : newBlock(is.slots.length), is);
    }
  }

  #seeChange(name: string, project: ProjectRecord, number: number, was: Block, is: Block): void {
    this.check(was.generation <= is.generation, `${name} went back to generation ${is.generation}`);
    const isRestart = is.restartedAt !== was.restartedAt;
    if (isRestart) this.#seeRestart(name, project);
    const isKept = isRestart || !isClosed(was) || was.slots === is.slots;
    this.check(isKept, `${name} was changed though it was closed`);
    const change: BlockChange = { project, number, was, is, isRestart, now: this.#world.clock.now() };
    for (let slot = 0; slot < was.slots.length; slot += 1) watchSlot(this, change, slot);
  }

  #seeRestart(name: string, project: ProjectRecord): void {
    this.check(project.restarting !== undefined, `${name} was restarted though nobody asks for it`);
    this.check(this.#restarts.get(name) !== project.restarts, `${name} was restarted twice by one restart`);
    this.#restarts.set(name, project.restarts);
  }
}

const PER_PARTITION = 64;

function keyOf(project: number, block: number): Key {
  const partition = `p${project}/blocks/${Math.floor(block / PER_PARTITION)}`;
  return { partition, sort: String(block % PER_PARTITION).padStart(2, '0') };
}

function numberOf({ partition, sort }: Key): number {
  return Number(partition.split('/')[2]) * PER_PARTITION + Number(sort);
}

function blockOf(value: Value): Block {
  if (!isStoredBlock(value)) throw new Error('this is not a block');
  const block = decodeBlock(value, Number.MAX_SAFE_INTEGER);
  checkInvariants(block);
  return block;
}

function isStoredBlock(value: object): value is StoredBlock {
  return 'slots' in value && 'generation' in value;
}
