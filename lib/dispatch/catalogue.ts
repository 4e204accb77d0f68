import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JsonObject } from '../contract/json.ts';
import type { FileSpec, Replica } from '../contract/words.ts';
import { formatDid } from '../domain/did.ts';
import type { PagedProject, Pages, Shelf } from './pages/pages.ts';
import { unknownProject } from './project-record.ts';

/** What never changes of a file, beside its state in the block. */
export interface CatalogueFile {
  readonly did: string;
  readonly size?: number | undefined;
  readonly attributes?: JsonObject | undefined;
  readonly durationSeconds?: number | undefined;
  readonly replicas: readonly Replica[];
}

/** Pages of 256 files kept, some 40 kB each. */
const CACHED_PAGES = 512;

/**
 * The files of one block, in the order of their slots. A page is kept for long, and of most of its files only once
 * something is wanted: so what is kept is text, a line a file, and costs the collection of garbage nearly nothing.
 */
export class Page {
  readonly #lines: readonly string[];

  /** Of lines that `encodeFile` made. */
  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  file(slot: number): CatalogueFile | undefined {
    const line = this.#lines[slot];
    return line === undefined ? undefined : decodeFile(line);
  }

  files(): CatalogueFile[] {
    return this.#lines.map(decodeFile);
  }
}

/** Writes the files of a block, as `WritePage` its page. */
type WriteFiles = (block: number, files: readonly FileSpec[], isKnown: boolean) => Promise<void>;

/** The files of each block: one compressed page a block, written once, then read through a cache. */
export class Catalogue {
  readonly #pages: Pages;
  readonly #cache = new Map<string, Page>();

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  /** Begins to write the files of a project of so many blocks. */
  write(project: PagedProject, blocks: number): WriteFiles {
    const write = this.#pages.write(shelfOf(project), blocks);
    return (block, files, isKnown) => write(block, () => encodePage(files.map(catalogueFile)), isKnown);
  }

  /** The files of a block. Fails with `project_unknown` when the project was deleted. */
  async read(project: PagedProject, block: number): Promise<Page> {
    const name = `${nameOf(project)}${block}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const bytes = await this.#pages.read(shelfOf(project), block);
    // They are all there before a project is active, so only a deleted one has none.
    if (!bytes) throw unknownProject(project.id);
    const page = decodePage(bytes);
    if (this.#cache.size >= CACHED_PAGES) this.#cache.delete(this.#cache.keys().next().value ?? '');
    this.#cache.set(name, page);
    return page;
  }

  /** Removes the files of a project of so many blocks. */
  async remove(project: PagedProject, blocks: number): Promise<void> {
    await this.#pages.remove(shelfOf(project), blocks);
    for (const name of this.#cache.keys()) if (name.startsWith(nameOf(project))) this.#cache.delete(name);
  }
}

function catalogueFile({ namespace, name, lane: _, replicas = [], ...file }: FileSpec): CatalogueFile {
  return { did: formatDid(namespace === undefined ? { name } : { namespace, name }), replicas, ...file };
}

/** Speed matters more than size here: pages are read on the way to a reservation. */
function encodePage(files: readonly CatalogueFile[]): Uint8Array {
  return deflateRawSync(files.map(encodeFile).join('\n'), { level: 1 });
}

function decodePage(bytes: Uint8Array): Page {
  return new Page(inflateRawSync(bytes).toString('utf8').split('\n'));
}

/** A file as a line of JSON without names, which reads in two thirds of the time; null = absent. */
type Line = readonly [
  did: string,
  replicas: readonly (readonly [url: string, site?: string])[],
  size: number | null,
  durationSeconds: number | null,
  attributes: JsonObject | null,
];

export function encodeFile({ did, replicas, size, durationSeconds, attributes }: CatalogueFile): string {
  const placed = replicas.map(({ url, site }) =>
    site === undefined ? ([url] as const) : ([url, site] as const),
  );
  const line: Line = [did, placed, size ?? null, durationSeconds ?? null, attributes ?? null];
  return JSON.stringify(line);
}

function decodeFile(text: string): CatalogueFile {
  const line: unknown = JSON.parse(text);
  if (!isLine(line)) throw new Error('a page of the catalogue is damaged');
  const [did, replicas, size, durationSeconds, attributes] = line;
  return {
    did,
    replicas: replicas.map(([url, site]) => ({ url, site })),
    size: size ?? undefined,
    durationSeconds: durationSeconds ?? undefined,
    attributes: attributes ?? undefined,
  };
}

/** Every file was checked by its schema when it came, so what this module wrote is only told from what it did not. */
function isLine(line: unknown): line is Line {
  return Array.isArray(line) && typeof line[0] === 'string' && Array.isArray(line[1]);
}

function nameOf({ id, createdAt }: PagedProject): string {
  return `${id}/${createdAt}/`;
}

function shelfOf(project: PagedProject): Shelf {
  return { project, kind: 'files' };
}
