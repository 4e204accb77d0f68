import type { LoadProgress } from '../contract/projects.ts';
import { DEFAULT_LANE, type FileSpec } from '../contract/words.ts';
import { slotsThatFit } from '../domain/block/size.ts';
import { formatDid } from '../domain/did.ts';
import { blockSize } from '../domain/project.ts';
import type { Context } from './context.ts';
import { writeIndex } from './locate.ts';
import { DidIndexBuilder } from './manifest/did-index.ts';
import type { Survey } from './manifest/survey-manifest.ts';
import { blocksOf, type LaneRange, type ProjectRecord, queueOf, unknownProject } from './project-record.ts';
import { SideBySide } from './side-by-side.ts';
import { moveProject } from './transitions.ts';

/** Tickets sent at a time. */
const TICKETS = 1000;

/** Says in one clause why a file could never be handed out, or nothing when it can. */
export function checkFile(context: Context, file: FileSpec, virtual: boolean): string | undefined {
  const replicas = file.replicas ?? [];
  if (replicas.length === 0 && !virtual)
    return `"${formatDid(file)}" has no replica, and the project is not virtual`;
  for (const { url } of replicas) {
    const fault = context.files.faultOf(url);
    if (fault) return fault;
  }
  return undefined;
}

/** What `surveyManifest` finds out, for files that are at hand. */
export function surveyFiles(files: readonly FileSpec[]): Survey {
  const lanes = new Map<string, number>();
  for (const { lane = DEFAULT_LANE } of files) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  return { files: files.length, lanes };
}

/** Where the files of each lane go: lane after lane, so that every block is of one lane. */
function placeLanes(lanes: ReadonlyMap<string, number>, size: number): LaneRange[] {
  let first = 0;
  return [...lanes].map(([lane, files]) => {
    const range = { lane, first, blocks: Math.ceil(files / size), files };
    first += range.blocks;
    return range;
  });
}

/** What was found out about the files of a project that a load was begun of. */
export function surveyOf({ files, lanes }: ProjectRecord): Survey | undefined {
  return lanes.length > 0
    ? { files, lanes: new Map(lanes.map(range => [range.lane, range.files])) }
    : undefined;
}

/**
 * Writes the files of a surveyed project in bounded memory and makes it active.
 *
 * The same files always go to the same places and nothing already written is written over, so that a load that was cut
 * off is simply done again; what its record says was written is passed over.
 */
export async function loadFiles(
  context: Context,
  { id, maxAttempts }: ProjectRecord,
  survey: Survey,
  batches: Iterable<readonly FileSpec[]> | AsyncIterable<readonly FileSpec[]>,
): Promise<ProjectRecord> {
  const { ways, maxSlots, blockBytes } = context.layout;
  const size = blockSize(survey.files, ways, slotsThatFit(maxSlots, blockBytes, maxAttempts));
  const project = await changeLoading(context, id, record =>
    surveyOf(record)
      ? undefined
      : {
          ...record,
          files: survey.files,
          blockSize: size,
          lanes: placeLanes(survey.lanes, size),
          progress: { phase: 'writing', files: 0, of: survey.files },
        },
  );
  await writeFiles(context, project, batches);
  for (const range of project.lanes) await sendTickets(context, project, range);
  return moveProject(context, id, 'load', ({ progress: _, ...record }) => ({
    ...record,
    activatedAt: context.clock.now(),
  }));
}

async function writeFiles(
  context: Context,
  project: ProjectRecord,
  batches: Iterable<readonly FileSpec[]> | AsyncIterable<readonly FileSpec[]>,
): Promise<void> {
  const index = new DidIndexBuilder(project.files);
  const beside = new SideBySide(context.layout.pagesAtOnce);
  const known = project.progress?.phase === 'writing' ? project.progress.files : 0;
  const filling = new Map(
    project.lanes.map(({ lane, first }) => [lane, { number: first, files: [] as FileSpec[] }]),
  );
  const write = context.catalogue.write(project, blocksOf(project));
  let placed = 0;
  for await (const batch of batches) {
    for (const file of batch) {
      const block = filling.get(file.lane ?? DEFAULT_LANE);
      if (!block) throw filesChanged(project);
      index.add(formatDid(file), block.number * project.blockSize + block.files.length);
      placed += 1;
      if (block.files.push(file) < project.blockSize) continue;
      const full = { ...block };
      const isKnown = placed <= known;
      await beside.begin(() => write(full.number, full.files, isKnown));
      block.number += 1;
      block.files = [];
    }
    if (placed <= known || !isTimeToTell(project, placed)) continue;
    // A block that was full by the file that progress speaks of is written.
    await beside.end();
    await keepProgress(context, project.id, { phase: 'writing', files: placed, of: project.files });
  }
  if (placed !== project.files) throw filesChanged(project);
  for (const block of filling.values())
    if (block.files.length > 0) await beside.begin(() => write(block.number, block.files, false));
  await beside.end();
  await writeIndex(context, project, index);
}

function filesChanged({ id }: ProjectRecord): Error {
  return new Error(`the files of project ${id} changed while they were loaded`);
}

/** Progress is kept about a hundred times, not for every batch of a thousand. */
function isTimeToTell({ files }: ProjectRecord, placed: number): boolean {
  return placed % Math.max(1000, Math.ceil(files / 100)) < 1000;
}

/** Keeps how far a loading project is. Fails with `project_unknown` once it is deleted: there is nothing to load. */
export async function keepProgress(context: Context, id: number, progress: LoadProgress): Promise<void> {
  await changeLoading(context, id, record => ({ ...record, progress }));
}

/** Changes a project that is loading; one that another run of the same job has loaded stays as it is. */
async function changeLoading(
  context: Context,
  id: number,
  change: (record: ProjectRecord) => ProjectRecord | undefined,
): Promise<ProjectRecord> {
  const record = await context.projects.change(id, now =>
    now.state === 'loading' ? change(now) : undefined,
  );
  if (record.state === 'deleting') throw unknownProject(id);
  return record;
}

async function sendTickets(context: Context, project: ProjectRecord, range: LaneRange): Promise<void> {
  const queue = queueOf(project, range.lane);
  for (let first = 0; first < range.blocks; first += TICKETS) {
    const count = Math.min(TICKETS, range.blocks - first);
    await context.tickets.send(
      queue,
      Array.from({ length: count }, (_, offset) => ({
        block: range.first + first + offset,
        generation: 1,
        visibleAt: 0,
      })),
    );
  }
}
