interface Entry<T> {
  readonly at: number;
  /** Of those of the same time the first to be put in is the first to come out. */
  readonly number: number;
  readonly value: T;
}

/** What happens when: a binary heap by time. */
export class TimeHeap<T> {
  readonly #heap: Entry<T>[] = [];
  #pushed = 0;

  /** The earliest time. */
  get earliest(): number | undefined {
    return this.#heap[0]?.at;
  }

  push(at: number, value: T): void {
    const heap = this.#heap;
    this.#pushed += 1;
    const entry = { at, number: this.#pushed, value };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, entry)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** Takes out the earliest, if it is not later than `time`. */
  popUntil(time: number): T | undefined {
    const [first] = this.#heap;
    if (!first || first.at > time) return undefined;
    const last = this.#heap.pop();
    if (last && last !== first) this.#sink(last);
    return first.value;
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const isLeft = !right || (left !== undefined && isBefore(left, right));
      const child = isLeft ? left : right;
      if (!child || isBefore(entry, child)) break;
      heap[index] = child;
      index = 2 * index + (isLeft ? 1 : 2);
    }
    heap[index] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
