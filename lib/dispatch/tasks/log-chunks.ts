import * as z from 'zod';
import { LIMITS } from '../../contract/limits.ts';
import type { TaskPlace } from '../../domain/task/id.ts';
import type { LogStanding } from '../../domain/task/log.ts';
import type { Context } from '../context.ts';
import { emptyPartition } from '../empty-partition.ts';
import type { Key } from '../ports.ts';

/**
 * How a log is kept: in chunks, of which the newest is an item of its own, under compare-and-set, and grows by what is
 * appended. A chunk that is closed never changes; it is copied to its number before the newest item becomes the next one.
 * So whoever reads on from a place in a chunk reads the same, whenever it is closed.
 */

/** Text, or where it is: from some size on, a file costs less to write than an item. */
const Content = z.union([
  z.object({ text: z.string() }),
  z.object({ file: z.string(), bytes: z.int(), tail: z.string() }),
]);
type Content = z.infer<typeof Content>;

const Newest = z.object({
  chunk: z.int(),
  content: Content,
  standing: z.object({
    bytes: z.int(),
    lease: z.int(),
    process: z.string().optional(),
    processBefore: z.string().optional(),
    came: z.int(),
    isFull: z.boolean(),
  }),
});

/** The newest chunk of a log, and how the log stands. */
export type NewestChunk = {
  readonly chunk: number;
  readonly content: Content;
  readonly standing: LogStanding;
};

/** A chunk that has more is closed; until then each append writes all of it once more. */
const CLOSED_BYTES = 4096;
/** More than this is kept as a file. */
const ITEM_BYTES = 8192;
/** Chunks listed at once. */
const PAGE = 64;
const DIGITS = 9;
/** Sorted after all numbers. */
const NEWEST = 'newest';

export async function readNewest(
  { store }: Pick<Context, 'store'>,
  place: TaskPlace,
): Promise<{ newest: NewestChunk; version: number } | undefined> {
  const item = await store.get(keyOf(place, NEWEST));
  return item && { newest: Newest.parse(item.value), version: item.version };
}

/** Writes the newest chunk over the version it was read as; false when another write came first. */
export function writeNewest(
  { store }: Pick<Context, 'store'>,
  place: TaskPlace,
  newest: NewestChunk,
  version: number,
): Promise<boolean> {
  return store.put(keyOf(place, NEWEST), newest, version);
}

/** The chunk that text is appended to, with it: the newest one, or where that is closed the next, once it has its copy. */
export async function grown(
  context: Context,
  place: TaskPlace,
  newest: NewestChunk | undefined,
  text: string,
): Promise<Pick<NewestChunk, 'chunk' | 'content'>> {
  if (!newest) return { chunk: 0, content: await contentOf(context, place, 0, text) };
  const { chunk, content } = newest;
  if (!isClosed(content))
    return { chunk, content: await contentOf(context, place, chunk, content.text + text) };
  // Whoever else finds it closed writes the same.
  await context.store.put(keyOf(place, numbered(chunk)), { content }, 0);
  return { chunk: chunk + 1, content: await contentOf(context, place, chunk + 1, text) };
}

function isClosed(content: Content): content is Exclude<Content, { text: string }> {
  return !('text' in content) || Buffer.byteLength(content.text) > CLOSED_BYTES;
}

async function contentOf(
  { files, newId }: Context,
  place: TaskPlace,
  chunk: number,
  text: string,
): Promise<Content> {
  const bytes = Buffer.from(text);
  if (bytes.length <= ITEM_BYTES) return { text };
  // A name of its own: should another write come first, it is another one's.
  const file = `${folderOf(place)}${chunk}-${newId()}`;
  await files.write(file, bytes);
  return { file, bytes: bytes.length, tail: tailOf(bytes) };
}

/** The newest whole lines of a log. */
export async function readTail(
  { store }: Pick<Context, 'store'>,
  place: TaskPlace,
): Promise<{ bytes: number; tail: string } | undefined> {
  const found = await readNewest({ store }, place);
  if (!found) return undefined;
  const { chunk, content, standing } = found.newest;
  const before = chunk > 0 && (await store.get(keyOf(place, numbered(chunk - 1))));
  const text = `${before ? endOf(Closed.parse(before.value).content) : ''}${endOf(content)}`;
  return { bytes: standing.bytes, tail: tailOf(Buffer.from(text)) };
}

const Closed = z.object({ content: Content });

function endOf(content: Content): string {
  return 'text' in content ? content.text : content.tail;
}

function tailOf(bytes: Buffer): string {
  if (bytes.length <= LIMITS.logTailBytes) return bytes.toString();
  // The byte before is looked at, too: a line may begin just there.
  const from = bytes.length - LIMITS.logTailBytes;
  const end = bytes.indexOf('\n', from - 1);
  return bytes.subarray(end === bytes.length - 1 ? from : end + 1).toString();
}

export interface Chunk {
  readonly chunk: number;
  readonly content: Content;
  readonly closed: boolean;
}

/** Some chunks from a number on, in their order, and whether there may be more. */
export async function chunksFrom(
  { store }: Pick<Context, 'store'>,
  place: TaskPlace,
  from: number,
): Promise<{ chunks: Chunk[]; more: boolean }> {
  const after = from > 0 ? { after: numbered(from - 1) } : {};
  const items = await store.list(partitionOf(place), { ...after, limit: PAGE });
  const chunks: Chunk[] = [];
  for (const { key, value } of items) {
    const { chunk, content } =
      key.sort === NEWEST ? Newest.parse(value) : { chunk: Number(key.sort), ...Closed.parse(value) };
    // Items are not read all at one moment: the newest may have a copy already, or have gone on since.
    const expected = from + chunks.length;
    if (chunk > expected) return { chunks, more: true };
    if (chunk === expected) chunks.push({ chunk, content, closed: isClosed(content) });
  }
  return { chunks, more: items.length === PAGE };
}

/** The bytes of a chunk; undefined when they are gone, as its task is. */
export async function bytesOf(
  { files }: Pick<Context, 'files'>,
  content: Content,
): Promise<Buffer | undefined> {
  if ('text' in content) return Buffer.from(content.text);
  const parts = await files.open(content.file);
  return parts && Buffer.concat(await Array.fromAsync(parts));
}

/** Removes all that is kept of a log. */
export async function removeLog(context: Context, place: TaskPlace): Promise<void> {
  await context.files.remove(folderOf(place));
  await emptyPartition(context, partitionOf(place));
}

function keyOf(place: TaskPlace, sort: string): Key {
  return { partition: partitionOf(place), sort };
}

function partitionOf({ queue, number }: TaskPlace): string {
  return `task-logs/${queue}/${number}`;
}

function folderOf({ queue, number }: TaskPlace): string {
  return `logs/${queue}/${number}/`;
}

function numbered(chunk: number): string {
  return String(chunk).padStart(DIGITS, '0');
}
