import type { Context } from './context.ts';
import { bucketCount, bucketOf, type DidIndexBuilder, lookup } from './manifest/did-index.ts';
import type { Shelf } from './pages/pages.ts';
import type { ProjectRecord } from './project-record.ts';

/** Where a file's state is. */
export interface Place {
  readonly block: number;
  readonly slot: number;
}

/** Stores the index that finds files by their DIDs; once written, it stays. */
export async function writeIndex(
  context: Context,
  project: ProjectRecord,
  index: DidIndexBuilder,
): Promise<void> {
  const write = context.pages.write(shelfOf(project), bucketCount(project.files));
  let number = 0;
  // One after the other: each is as large as what a new table of DynamoDB takes while it is written.
  for (const bucket of index.buckets()) {
    await write(number, () => bucket, false);
    number += 1;
  }
}

/** Finds a file by its DID; undefined when the project has none of that name. */
export async function locateFile(
  context: Context,
  project: ProjectRecord,
  did: string,
): Promise<Place | undefined> {
  const bucket = await context.pages.read(shelfOf(project), bucketOf(did, bucketCount(project.files)));
  for (const position of bucket ? lookup(bucket, did) : []) {
    const block = Math.floor(position / project.blockSize);
    const slot = position % project.blockSize;
    const page = await context.catalogue.read(project, block);
    if (page.file(slot)?.did === did) return { block, slot };
  }
  return undefined;
}

/** Removes the index of a project with so many files. */
export async function removeIndex(context: Context, project: ProjectRecord): Promise<void> {
  await context.pages.remove(shelfOf(project), bucketCount(project.files));
}

function shelfOf(project: ProjectRecord): Shelf {
  return { project, kind: 'index' };
}
