import * as z from 'zod';
import { Fault } from '../contract/problems.ts';
import { Counts, LoadProgress, ManifestFormat, projectFacts } from '../contract/projects.ts';
import { untilWritten } from './conflicts.ts';
import type { Home } from './home.ts';
import type { Key } from './ports.ts';
import { ProblemError } from './problem.ts';

/** Where the files of a lane are: blocks `first` to `first + blocks - 1`. */
export const LaneRange = z.object({
  lane: z.string(),
  first: z.int(),
  blocks: z.int(),
  files: z.int(),
});
export type LaneRange = z.infer<typeof LaneRange>;

/** Where the files of a loading project come from. */
const Source = z.discriminatedUnion('kind', [
  /** A manifest, once it is uploaded. */
  z.object({ kind: z.literal('manifest'), format: ManifestFormat.optional(), uploaded: z.boolean() }),
  /** Another project's files, with attributes merged over theirs. */
  z.object({ kind: z.literal('project'), project: z.int() }),
]);

/** What is stored of a project; the state of its files is in its blocks. */
export const ProjectRecord = z.object({
  ...projectFacts,
  state: z.enum(['loading', 'refused', 'active', 'done', 'failed', 'cancelled', 'abandoned', 'deleting']),
  /** When it last became active. */
  activatedAt: z.number(),
  blockSize: z.int(),
  lanes: z.array(LaneRange),
  /** Some replica was marked as unusable, so that blocks have marks to look at. */
  hasMarks: z.boolean(),
  /** While it is loading. */
  source: Source.optional(),
  progress: LoadProgress.optional(),
  /** Why it was refused. */
  refusal: z.object({ detail: z.string(), faults: z.array(Fault) }).optional(),
  /** Once it is deleted; `emptied`: all that was kept of it has been removed once. */
  deleted: z.object({ at: z.number(), emptied: z.boolean() }).optional(),
  /** The final counts, once it has ended. */
  counts: Counts.optional(),
  /** What befell it and was not told yet, oldest first; and of the last one that was made: which it is, and when. */
  outbox: z.array(z.object({ id: z.string(), event: z.string(), at: z.number() })).optional(),
  told: z.object({ number: z.int(), at: z.number() }).optional(),
  /** The requests of its owners that moved it last, oldest first: a copy of one moves it no more. */
  movedBy: z.array(z.string()).optional(),
  /** Until then, files of one block may be handed out, one at a time, that are expected to take too long: the first one's. */
  trial: z.object({ until: z.number(), block: z.int().optional() }).optional(),
  /** Restarts begun so far; the number of the last one. */
  restarts: z.int(),
  /** A restart under way: which files it makes ready, so that it can be finished by whoever finds it. */
  restarting: z
    .object({
      states: z.array(z.enum(['reserved', 'done', 'failed'])),
      /** Those of these slots of these blocks, as `0-9,12`; absent: of all. */
      slots: z.array(z.tuple([z.int(), z.string()])).optional(),
    })
    .optional(),
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;

/** A record with the version under which it was read. */
export interface StoredProject {
  readonly record: ProjectRecord;
  readonly version: number;
}

type ProjectsHome = Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;

const PARTITION = 'projects';
const ID_DIGITS = 10;

export function blocksOf(record: ProjectRecord): number {
  return record.lanes.reduce((blocks, lane) => blocks + lane.blocks, 0);
}

export function laneOf(record: ProjectRecord, block: number): LaneRange | undefined {
  return record.lanes.find(lane => isInLane(lane, block));
}

/** Files of a block; 0 when the project has none of that number. */
export function slotsIn(record: ProjectRecord, block: number): number {
  const lane = laneOf(record, block);
  return lane ? Math.min(record.blockSize, lane.files - (block - lane.first) * record.blockSize) : 0;
}

export function isInLane({ first, blocks }: LaneRange, block: number): boolean {
  return block >= first && block < first + blocks;
}

export function queueOf(record: ProjectRecord, lane: string): string {
  return `p${record.id}-${lane}`;
}

/** Length of a lease in whole ms; null = held until reported. */
export function leaseMillisOf({ leaseSeconds }: ProjectRecord): number | null {
  return leaseSeconds === null ? null : Math.ceil(leaseSeconds * 1000);
}

/** Project records, read through a cache that this process's own writes keep fresh. */
export class Projects {
  readonly #home: ProjectsHome;
  readonly #cache = new Map<number, StoredProject & { readAt: number }>();

  constructor(home: ProjectsHome) {
    this.#home = home;
  }

  /**
   * The record, at most so old; `projectCacheMillis` if absent. What would send a worker away is not told from memory:
   * another process may have loaded, activated or restarted the project since. Fails with `project_unknown`.
   */
  async read(id: number, mostMillis = this.#home.layout.projectCacheMillis): Promise<ProjectRecord> {
    const cached = this.#cache.get(id);
    if (cached?.record.state !== 'active') return (await this.readNow(id)).record;
    const fresh = this.#home.clock.now() - cached.readAt < mostMillis;
    return fresh ? cached.record : (await this.readNow(id)).record;
  }

  /** The record as it is stored now. Fails with `project_unknown`. */
  async readNow(id: number): Promise<StoredProject> {
    const item = await this.#home.store.get(keyOf(id));
    if (!item) {
      this.#cache.delete(id);
      throw unknownProject(id);
    }
    const cached = this.#cache.get(id);
    // Each version is written once, so one that is known need not be checked again.
    const record = cached?.version === item.version ? cached.record : ProjectRecord.parse(item.value);
    return this.#remember(record, item.version);
  }

  /**
   * Changes a record under compare-and-set; `change` decides anew on each version it meets, and answers
   * undefined to leave it as it is.
   */
  change(id: number, change: (record: ProjectRecord) => ProjectRecord | undefined): Promise<ProjectRecord> {
    return untilWritten(this.#home, `project ${id}`, async () => {
      const { record, version } = await this.readNow(id);
      const next = change(record);
      if (!next) return { written: record };
      const written = await this.#home.store.put(keyOf(id), next, version);
      return written ? { written: this.#remember(next, version + 1).record } : undefined;
    });
  }

  /** Stores a new project under the next free id. */
  create(build: (id: number) => ProjectRecord): Promise<ProjectRecord> {
    return untilWritten(this.#home, 'the list of projects', async () => {
      const record = build(await this.#takeId());
      const written = await this.#home.store.put(keyOf(record.id), record, 0);
      return written ? { written: this.#remember(record, 1).record } : undefined;
    });
  }

  async list(page: { after: number; limit: number }): Promise<ProjectRecord[]> {
    const items = await this.#home.store.list(PARTITION, {
      after: sortOf(page.after),
      limit: page.limit,
    });
    return items.map(({ value }) => ProjectRecord.parse(value));
  }

  async remove(id: number): Promise<void> {
    await this.#home.store.remove([keyOf(id)]);
    this.#cache.delete(id);
  }

  /** Forgets what was read, after a write whose outcome is unknown. */
  forget(): void {
    this.#cache.clear();
  }

  #takeId(): Promise<number> {
    const key = { partition: 'counters', sort: 'project' };
    return untilWritten(this.#home, 'the list of projects', async () => {
      const item = await this.#home.store.get(key);
      const id = item ? z.object({ last: z.int() }).parse(item.value).last + 1 : 1;
      return (await this.#home.store.put(key, { last: id }, item?.version ?? 0))
        ? { written: id }
        : undefined;
    });
  }

  /** A read that was under way while another write was made must not hide it. */
  #remember(record: ProjectRecord, version: number): StoredProject {
    const stored = { record, version, readAt: this.#home.clock.now() };
    if (version >= (this.#cache.get(record.id)?.version ?? 0)) this.#cache.set(record.id, stored);
    return stored;
  }
}

export function unknownProject(id: number): ProblemError {
  return new ProblemError('project_unknown', `there is no project ${id}`);
}

export function isUnknownProject(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'project_unknown';
}

function keyOf(id: number): Key {
  return { partition: PARTITION, sort: sortOf(id) };
}

function sortOf(id: number): string {
  return String(id).padStart(ID_DIGITS, '0');
}
