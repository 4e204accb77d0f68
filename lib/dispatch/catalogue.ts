import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JsonObject } from '../contract/json.ts';
import type { FileSpec, Replica } from '../contract/words.ts';
import { formatDid } from '../domain/did.ts';
import type { Key, Store } from './ports.ts';
import { unknownProject } from './project-record.ts';

/** What never changes of a file, beside its state in the block. */
export interface CatalogueFile {
  readonly did: string;
  readonly size?: number | undefined;
  readonly attributes?: JsonObject | undefined;
  readonly durationSeconds?: number | undefined;
  readonly replicas: readonly Replica[];
}

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
    await this.#store.put(pageKey(project, block), encodePage(files.map(catalogueFile)), 0);
  }

  /** The files of a block. Fails with `project_unknown` when the project was deleted. */
  async read(project: number, block: number): Promise<readonly CatalogueFile[]> {
    const name = `${project}/${block}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const item = await this.#store.get(pageKey(project, block));
    // Pages are written before blocks and removed after them, so only a deleted project has none.
    if (!(item?.value instanceof Uint8Array)) throw unknownProject(project);
    const files = decodePage(item.value);
    if (this.#cache.size >= CACHED_PAGES) this.#cache.delete(this.#cache.keys().next().value ?? '');
    this.#cache.set(name, files);
    return files;
  }

  forget(project: number): void {
    for (const name of this.#cache.keys()) if (name.startsWith(`${project}/`)) this.#cache.delete(name);
  }
}

function catalogueFile({ namespace, name, lane: _, replicas = [], ...file }: FileSpec): CatalogueFile {
  return { did: formatDid(namespace === undefined ? { name } : { namespace, name }), replicas, ...file };
}

/** Speed matters more than size here: pages are read on the way to a reservation. */
function encodePage(files: readonly CatalogueFile[]): Uint8Array {
  return deflateRawSync(JSON.stringify(files), { level: 1 });
}

function decodePage(bytes: Uint8Array): readonly CatalogueFile[] {
  const page: unknown = JSON.parse(inflateRawSync(bytes).toString('utf8'));
  if (!isPage(page)) throw new Error('a page of the catalogue is damaged');
  return page;
}

/** Every file was checked by its schema when it came, so what this module wrote is only told from what it did not. */
function isPage(page: unknown): page is CatalogueFile[] {
  return (
    Array.isArray(page) && page.every(file => typeof file?.did === 'string' && Array.isArray(file.replicas))
  );
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
