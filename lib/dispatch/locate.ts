import type { Context } from './context.ts';
import { bucketCount, bucketOf, type DidIndexBuilder, lookup } from './manifest/did-index.ts';
import type { Key } from './ports.ts';
import type { ProjectRecord } from './project-record.ts';

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
    const files = await context.catalogue.read(project.id, block);
    if (files[slot]?.did === did) return { block, slot };
  }
  return undefined;
}

function bucketKey(project: number, bucket: number): Key {
  return { partition: indexPartition(project), sort: String(bucket).padStart(5, '0') };
}

export function indexPartition(project: number): string {
  return `p${project}/index`;
}
