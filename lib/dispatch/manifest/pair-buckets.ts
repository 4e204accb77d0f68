/** Words of 32 bits that one pair takes. */
const PAIR_WORDS = 2;

/** How much larger a full bucket is made. */
const GROWTH = 1.25;

/**
 * Buckets of pairs (hash, value), 32 bits each, that grow as needed: nine to ten bytes a pair.
 *
 * A pair is kept as one little-endian uint64 with the hash in its upper half, so that sorting a bucket as
 * integers sorts it by hash and then by value, natively.
 */
export class PairBuckets {
  readonly #buckets: Uint32Array<ArrayBuffer>[];
  readonly #pairs: Uint32Array;

  /** `pairsPerBucket` is how many are expected: room for that many is made at once. */
  constructor(count: number, pairsPerBucket: number) {
    this.#buckets = Array.from({ length: count }, () => new Uint32Array(pairsPerBucket * PAIR_WORDS));
    this.#pairs = new Uint32Array(count);
  }

  add(bucket: number, hash: number, value: number): void {
    const pairs = this.#pairs[bucket] ?? 0;
    const words = this.#roomFor(bucket, pairs + 1);
    words[pairs * PAIR_WORDS] = value;
    words[pairs * PAIR_WORDS + 1] = hash;
    this.#pairs[bucket] = pairs + 1;
  }

  /** One bucket, sorted: `value, hash, value, hash, …`. A view, good until the next `add`. */
  sorted(bucket: number): Uint32Array<ArrayBuffer> {
    const pairs = this.#pairs[bucket] ?? 0;
    const words = this.#roomFor(bucket, pairs);
    new BigUint64Array(words.buffer, 0, pairs).sort();
    return words.subarray(0, pairs * PAIR_WORDS);
  }

  #roomFor(bucket: number, pairs: number): Uint32Array<ArrayBuffer> {
    const words = this.#buckets[bucket];
    if (!words) throw new RangeError(`there is no bucket ${bucket}`);
    if (words.length >= pairs * PAIR_WORDS) return words;
    const grown = new Uint32Array(Math.ceil(pairs * GROWTH) * PAIR_WORDS);
    grown.set(words);
    this.#buckets[bucket] = grown;
    return grown;
  }
}
