/**
 * Does `work` on each item and gives the results in the order of the items. Work on later items is under way meanwhile:
 * one item more with each result that is taken, up to `limit` at once, so that whoever needs only the first few pays
 * for little more.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  let taken = 0;
  for (const item of items) {
    const result = work(item);
    // It may fail while an earlier one is waited for, or when nobody wants it any more.
    result.catch(() => {});
    underWay.push(result);
    const first = underWay.length > Math.min(limit - 1, taken) ? underWay.shift() : undefined;
    if (!first) continue;
    yield await first;
    taken += 1;
  }
  for (const result of underWay) yield await result;
}

/** Does pieces of work beside each other, at most `limit` at once. */
export class SideBySide {
  readonly #limit: number;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins a piece of work once there is room for it. Fails, having begun nothing, when an earlier one has failed. */
  async begin(work: () => Promise<unknown>): Promise<void> {
    while (this.#underWay.size >= this.#limit) await Promise.race(this.#underWay);
    if (this.#failure) await this.end();
    const done: Promise<void> = work().then(
      () => void this.#underWay.delete(done),
      error => {
        this.#failure ??= { error };
        this.#underWay.delete(done);
      },
    );
    this.#underWay.add(done);
  }

  /** Until all that was begun has ended. Fails as the first of it that failed. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure.error;
  }
}
