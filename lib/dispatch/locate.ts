import type { Context } from './context.ts';
import { bucketCount, bucketOf, type DidIndexBuilder, lookup } from './manifest/did-index.ts';
import type { Key } from './ports.ts';
import type { ProjectRecord } from './project-record.ts';

/** Buckets of one partition. Each is 32 KB: more would keep one partition busy for longer than a second. */
const PER_PARTITION = 16;

/** Where a file's state is. */
export interface Place {
  readonly block: number;
  readonly slot: number;
}

/** Stores the index that finds files by their DIDs; once written, it stays. */
export async function writeIndex(
  context: Context,
  { id }: ProjectRecord,
  index: DidIndexBuilder,
): Promise<void> {
  let number = 0;
  // One after the other: each is as large as what a new table of DynamoDB takes while it is written.
  for (const bucket of index.buckets()) {
    await context.store.put(bucketKey(id, number), bucket, 0);
    number += 1;
  }
}

/** Finds a file by its DID; undefined when the project has none of that name. */
export async function locateFile(
  context: Context,
  project: ProjectRecord,
  did: string,
): Promise<Place | undefined> {
  const item = await context.store.get(bucketKey(project.id, bucketOf(did, bucketCount(project.files))));
  if (!(item?.value instanceof Uint8Array)) return undefined;
  for (const position of lookup(item.value, did)) {
    const block = Math.floor(position / project.blockSize);
    const slot = position % project.blockSize;
    const page = await context.catalogue.read(project.id, block);
    if (page.file(slot)?.did === did) return { block, slot };
  }
  return undefined;
}

function bucketKey(project: number, bucket: number): Key {
  const group = Math.floor(bucket / PER_PARTITION);
  return { partition: indexPartition(project, group), sort: String(bucket % PER_PARTITION).padStart(2, '0') };
}

function indexPartition(project: number, group: number): string {
  return `p${project}/index/${group}`;
}

/** The partitions that the index of a project with so many files is in. */
export function* indexPartitions(project: number, files: number): Generator<string> {
  for (let group = 0; group * PER_PARTITION < bucketCount(files); group += 1)
    yield indexPartition(project, group);
}
