import { isUtf8 } from 'node:buffer';

/** The byte that ends a line. */
export const LF = 0x0a;

/** Longest line, CSV record or JSON element of a manifest, in bytes. */
export const MAX_ROW_BYTES = 1024 * 1024;

/** How many bytes are worked on before anything else gets its turn: about a millisecond of parsing. */
const PIECE_BYTES = 16 * 1024;

/** What is said of a row that is longer than `MAX_ROW_BYTES`, and of one that is not text. */
export const TOO_LONG = 'it is longer than 1 MiB';
export const NOT_UTF8 = 'it is not valid UTF-8';

/** The text of some bytes, or nothing when they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The same bytes in pieces of a bounded size, whatever the source gives at a time. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      yield chunk.subarray(from, from + PIECE_BYTES);
    }
  }
}

/**
 * Reads the beginning of a source, chunk by chunk until `isEnough` says so or the source ends. `rest` gives
 * what follows; `rejoin` makes one source of both again, and closes it.
 */
export async function takeHead(
  bytes: AsyncIterable<Uint8Array>,
  isEnough: (head: Buffer) => boolean,
): Promise<{ head: Buffer; rest: AsyncIterator<Uint8Array> }> {
  const rest = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (!isEnough(head)) {
    const next = await rest.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, rest };
}

/** A head and what follows it. Closes the source also when nobody reads past the head. */
export async function* rejoin(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The bytes of one row that arrives in several pieces; past `MAX_ROW_BYTES` they are let go. */
export class RowBytes {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** How many bytes arrived, kept or not. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > MAX_ROW_BYTES) this.#parts = [];
    else this.#parts.push(bytes);
  }

  /** The whole row, or nothing when it was too long. Begins the next one. */
  take(): Uint8Array | undefined {
    const row = this.#length > MAX_ROW_BYTES ? undefined : joined(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return row;
  }
}

/** Most rows come in one part, which needs no copy. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return first && parts.length === 1 ? first : Buffer.concat(parts);
}
