import { setImmediate } from 'node:timers/promises';
import { formatDid } from '../../domain/did.ts';
import type { Hash64 } from '../../domain/hash.ts';
import { FaultList, quoted } from './faults.ts';
import { PairBuckets } from './pair-buckets.ts';
import type { ManifestRow } from './rows.ts';

const BUCKET_BITS = 10;

/** Pairs that a bucket has room for at first, so that a small manifest takes little. */
const FIRST_ROOM = 16;

/** Buckets sorted before anything else gets its turn: a few milliseconds at ten million files. */
const BUCKETS_AT_ONCE = 4;

const PAGE_ROWS = 65_536;

/** Most suspects compared in one pass over the manifest: as many as there can be faults. */
const SUSPECTS_AT_ONCE = 1001;

/** A row whose DID has the same hash as that of an earlier row: `first` is the earliest. Both count from 0. */
interface Suspect {
  readonly row: number;
  readonly first: number;
}

/**
 * The hashes of the DIDs of a manifest, row by row, in about 14 bytes a row.
 *
 * A row is filed by the upper bits of its hash, under the lower half; the upper half is kept beside, by row.
 */
export class RowHashes {
  readonly #rowsByHash = new PairBuckets(2 ** BUCKET_BITS, FIRST_ROOM);
  readonly #highPages: Uint32Array[] = [];
  #rows = 0;

  add({ high, low }: Hash64): void {
    const row = this.#rows++;
    const slot = row % PAGE_ROWS;
    if (slot === 0) this.#highPages.push(new Uint32Array(PAGE_ROWS));
    const page = this.#highPages.at(-1);
    if (page) page[slot] = high;
    this.#rowsByHash.add(high >>> (32 - BUCKET_BITS), low, row);
  }

  /** The earliest suspects after row `after`, in the order of their rows, at most `SUSPECTS_AT_ONCE`. */
  async suspects(after: number): Promise<Suspect[]> {
    let earliest: Suspect[] = [];
    for (let bucket = 0; bucket < 2 ** BUCKET_BITS; bucket++) {
      for (const suspect of this.#suspectsOf(bucket)) {
        if (suspect.row > after) earliest.push(suspect);
        if (earliest.length > 2 * SUSPECTS_AT_ONCE) earliest = firstRows(earliest);
      }
      if (bucket % BUCKETS_AT_ONCE === 0) await setImmediate();
    }
    return firstRows(earliest);
  }

  *#suspectsOf(bucket: number): Generator<Suspect> {
    const words = this.#rowsByHash.sorted(bucket);
    const firsts = new Map<number, number>();
    for (let i = 0; i < words.length; i += 2) {
      const isNew = words[i + 1] !== words[i - 1];
      if (isNew && words[i + 1] !== words[i + 3]) continue;
      if (isNew) firsts.clear();
      const row = words[i] ?? 0;
      const high = this.#highOf(row);
      const first = firsts.get(high);
      if (first === undefined) firsts.set(high, row);
      else yield { row, first };
    }
  }

  #highOf(row: number): number {
    return this.#highPages[Math.floor(row / PAGE_ROWS)]?.[row % PAGE_ROWS] ?? 0;
  }
}

function firstRows(suspects: Suspect[]): Suspect[] {
  return suspects.sort((a, b) => a.row - b.row).slice(0, SUSPECTS_AT_ONCE);
}

/**
 * Compares the DIDs of the suspects, in another pass over the manifest that `read` begins, and throws
 * ManifestInvalid when one is there twice. Without a suspect nothing is read.
 */
export async function refuseDuplicates(
  hashes: RowHashes,
  read: () => AsyncIterable<ManifestRow[]>,
): Promise<void> {
  const faults = new FaultList();
  const seen = new Map<string, Place>();
  // More than one round is needed only by a manifest that was made to have colliding hashes.
  for (let suspects = await hashes.suspects(-1); suspects.length > 0; ) {
    await compare(suspects, read(), seen, faults);
    suspects = await hashes.suspects(suspects.at(-1)?.row ?? 0);
  }
  faults.raise();
}

/** Where a DID stands first. */
interface Place {
  readonly row: number;
  readonly line: number;
}

async function compare(
  suspects: readonly Suspect[],
  batches: AsyncIterable<ManifestRow[]>,
  seen: Map<string, Place>,
  faults: FaultList,
): Promise<void> {
  const wanted = new Set(suspects.flatMap(({ row, first }) => [row, first]));
  const last = suspects.at(-1)?.row ?? 0;
  let row = -1;
  for await (const batch of batches) {
    for (const { line, file } of batch) {
      row += 1;
      if (!wanted.has(row)) continue;
      const did = formatDid(file);
      const earlier = seen.get(did);
      if (earlier === undefined) seen.set(did, { row, line });
      else if (earlier.row < row) faults.add({ line, did, message: repeats(did, line, earlier.line) });
    }
    if (row >= last) return;
  }
}

function repeats(did: string, line: number, firstLine: number): string {
  return `${quoted(did)} is already on ${line === firstLine ? 'this line' : `line ${firstLine}`}`;
}
