const WINDOW_MS = 10_000;

/**
 * How fast a count grows, as the average over the last ten seconds or so: steady enough for an estimate, and
 * soon right again after a pause or a restart.
 */
export class MovingRate {
  #samples: { readonly at: number; readonly count: number }[] = [];

  /** Notes the count at a time in milliseconds. A count that went back begins anew. */
  add(count: number, at: number): void {
    const newest = this.#samples.at(-1);
    if (newest && count < newest.count) this.#samples = [];
    this.#samples.push({ at, count });
    // One sample from before the window stays, so that rare samples still span it.
    const inside = this.#samples.findIndex(sample => sample.at > at - WINDOW_MS);
    this.#samples.splice(0, inside - 1);
  }

  /** Counts per second; undefined until there are two samples with time between them. */
  perSecond(): number | undefined {
    const oldest = this.#samples[0];
    const newest = this.#samples.at(-1);
    if (!oldest || !newest || newest.at <= oldest.at) return undefined;
    return ((newest.count - oldest.count) * 1000) / (newest.at - oldest.at);
  }
}
