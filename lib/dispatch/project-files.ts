import type { ProjectFile } from '../contract/projects.ts';
import type { FileSpec } from '../contract/words.ts';
import { attemptsOf, type Block, isWait, leaseOf, READY, slotState } from '../domain/block/block.ts';
import { parseDid } from '../domain/did.ts';
import { formatToken } from '../domain/token.ts';
import type { CatalogueFile } from './catalogue.ts';
import type { Context } from './context.ts';
import { type Failure, readFailures } from './failures.ts';
import { type LaneRange, laneOf, type ProjectRecord } from './project-record.ts';
import { readMarks } from './replica-marks.ts';
import { attributesOf, withMarks } from './reservations.ts';
import { inOrder } from './side-by-side.ts';

/** The files of a block with their states, for those slots that are asked for. */
export async function filesIn(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
  slots: readonly number[],
): Promise<ProjectFile[]> {
  const page = await context.catalogue.read(project, number);
  const marks = await readMarks(context, project, number);
  const failures = await readFailures(context, project, number);
  const lane = laneOf(project, number)?.lane ?? '';
  return slots.flatMap(slot => {
    const file = page.file(slot);
    if (!file) return [];
    return {
      did: file.did,
      ...parseDid(file.did),
      ...stateOf(project, number, block, slot, failures.get(slot)),
      size: file.size,
      attributes: attributesOf(project, file),
      lane,
      durationSeconds: file.durationSeconds,
      replicas: withMarks(file.replicas, marks, slot),
    };
  });
}

function stateOf(
  project: ProjectRecord,
  number: number,
  block: Block,
  slot: number,
  failure: Failure | undefined,
) {
  const mark = block.slots[slot] ?? READY;
  const lease = leaseOf(block, slot);
  const attempts = attemptsOf(block, slot);
  return {
    state: slotState(mark),
    attempts,
    ...(isWait(mark) && { notBefore: block.waits[Number(mark)] }),
    ...(lease && {
      worker: lease.worker,
      deadline: lease.deadline,
      token: formatToken({ project: project.id, block: number, slot, attempt: attempts, lease: lease.id }),
    }),
    // A note written for a report that another overtook speaks of an attempt that was not.
    ...(failure && failure.attempt <= attempts && slotState(mark) !== 'done' && { failure }),
  };
}

/** The files of a project as they were described, lane by lane, a block at a time. */
export async function* fileSpecsOf(context: Context, project: ProjectRecord): AsyncGenerator<FileSpec[]> {
  yield* inOrder(blocksByLane(project), context.layout.requestsAtOnce, async ({ range, number }) => {
    const page = await context.catalogue.read(project, number);
    return page.files().map(file => specOf(range, file));
  });
}

function* blocksByLane({ lanes }: ProjectRecord): Generator<{ range: LaneRange; number: number }> {
  for (const range of lanes)
    for (let number = range.first; number < range.first + range.blocks; number += 1) yield { range, number };
}

function specOf({ lane }: LaneRange, { did, replicas, ...file }: CatalogueFile): FileSpec {
  return { ...parseDid(did), ...file, replicas: [...replicas], lane };
}
