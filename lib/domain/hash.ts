/** A 64-bit hash, as two unsigned 32-bit halves: a number holds no 64-bit integer exactly. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/**
 * Hashes a text by its UTF-16 code units. For tables and indexes: anyone can make two texts collide on
 * purpose, so equal hashes are a reason to compare the texts, never a proof that they are equal.
 *
 * Source: cyrb53 by bryc, public domain, https://github.com/bryc/code (jshash/experimental/cyrb53.js), with all
 * 64 bits of its state kept. Published vectors, high half first: `a` 501c2ba782c97901, `b` 459eda5bc254d2bf,
 * `revenge` fbce64cc3b748385, `revenue` fb1d85148d13f93a.
 */
export function hash64(text: string): Hash64 {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return { high: high >>> 0, low: low >>> 0 };
}
