import { hash64 } from '../../domain/hash.ts';
import { PairBuckets } from './pair-buckets.ts';

/** Files of one bucket, on average: a bucket is about 32 KiB. */
const BUCKET_FILES = 4096;

/** Room for this many saves nearly every bucket from growing: three standard deviations more. */
const BUCKET_ROOM = 4300;

const ENTRY_BYTES = 8;

/** Buckets of the DID index of a project with so many files. */
export function bucketCount(files: number): number {
  return Math.max(1, Math.ceil(files / BUCKET_FILES));
}

/** The bucket, from 0, that a DID is in when there are `buckets` of them. */
export function bucketOf(did: string, buckets: number): number {
  return hash64(did).high % buckets;
}

/**
 * Builds the index that finds a file by its DID: for each DID the position its file was given, in buckets
 * that can be stored and read one by one. An entry is a little-endian uint64, the lower half of the DID's
 * hash × 2^32 + the position; entries ascend.
 */
export class DidIndexBuilder {
  readonly #count: number;
  readonly #entries: PairBuckets;

  /** `files` is how many will be added. */
  constructor(files: number) {
    this.#count = bucketCount(files);
    this.#entries = new PairBuckets(this.#count, Math.min(files, BUCKET_ROOM));
  }

  /** `position` is an integer from 0 to 2^32 - 1. */
  add(did: string, position: number): void {
    const { high, low } = hash64(did);
    this.#entries.add(high % this.#count, low, position);
  }

  /** The buckets in order. Each is a view, good until the next `add`. */
  *buckets(): Generator<Uint8Array> {
    for (let bucket = 0; bucket < this.#count; bucket++) {
      const words = this.#entries.sorted(bucket);
      yield new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    }
  }
}

/**
 * The positions that a DID may have, by its bucket. There can be several or wrong ones, for hashes collide:
 * the caller compares the DID of the file at each.
 */
export function lookup(bucket: Uint8Array, did: string): number[] {
  const { low } = hash64(did);
  const entries = new DataView(bucket.buffer, bucket.byteOffset, bucket.byteLength);
  const hashAt = (entry: number) => entries.getUint32(entry * ENTRY_BYTES + 4, true);
  const count = bucket.byteLength / ENTRY_BYTES;
  let first = 0;
  for (let end = count; first < end; ) {
    const middle = (first + end) >>> 1;
    if (hashAt(middle) < low) first = middle + 1;
    else end = middle;
  }
  const positions: number[] = [];
  for (let entry = first; entry < count && hashAt(entry) === low; entry++) {
    positions.push(entries.getUint32(entry * ENTRY_BYTES, true));
  }
  return positions;
}
