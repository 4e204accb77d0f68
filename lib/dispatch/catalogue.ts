import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { Attributes, type FileSpec, Replica } from '../contract/words.ts';
import { formatDid } from '../domain/did.ts';
import type { Key, Store } from './ports.ts';

/** What never changes of a file, beside its state in the block. */
export interface CatalogueFile {
  readonly did: string;
  readonly size?: number | undefined;
  readonly attributes?: Attributes | undefined;
  readonly durationSeconds?: number | undefined;
  readonly replicas: readonly Replica[];
}

const StoredFile = z.object({
  did: z.string(),
  size: z.number().optional(),
  attributes: Attributes.optional(),
  durationSeconds: z.number().optional(),
  replicas: z.array(Replica).default([]),
});

const PER_PARTITION = 64;
/** Pages of 256 files kept decoded, some 100 kB each. */
const CACHED_PAGES = 512;

/** The files of each block: one compressed page a block, written once, then read through a cache. */
export class Catalogue {
  readonly #store: Store;
  readonly #cache = new Map<string, readonly CatalogueFile[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores the files of a block; the same files may be stored again. */
  async write(project: number, block: number, files: readonly FileSpec[]): Promise<void> {
    const page = files.map(({ namespace, name, lane: _, ...file }) => ({
      did: formatDid({ ...(namespace !== undefined && { namespace }), name }),
      ...file,
    }));
    const bytes = deflateRawSync(JSON.stringify(page), { level: 1 });
    await this.#store.put(pageKey(project, block), bytes, 0);
  }

  async read(project: number, block: number): Promise<readonly CatalogueFile[]> {
    const name = `${project}/${block}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const item = await this.#store.get(pageKey(project, block));
    if (!(item?.value instanceof Uint8Array))
      throw new Error(`project ${project} has no files for block ${block}`);
    const text = inflateRawSync(item.value).toString('utf8');
    const files: readonly CatalogueFile[] = StoredFile.array().parse(JSON.parse(text));
    if (this.#cache.size >= CACHED_PAGES) this.#cache.delete(this.#cache.keys().next().value ?? '');
    this.#cache.set(name, files);
    return files;
  }

  forget(project: number): void {
    for (const name of this.#cache.keys()) if (name.startsWith(`${project}/`)) this.#cache.delete(name);
  }
}

function pageKey(project: number, block: number): Key {
  const partition = pagePartition(project, Math.floor(block / PER_PARTITION));
  return { partition, sort: String(block % PER_PARTITION).padStart(2, '0') };
}

function pagePartition(project: number, group: number): string {
  return `p${project}/files/${group}`;
}

/** The partitions that the files of a project's blocks are in. */
export function* cataloguePartitions(project: number, blocks: number): Generator<string> {
  for (let group = 0; group * PER_PARTITION < blocks; group += 1) yield pagePartition(project, group);
}
