interface Timer<T> {
  readonly at: number;
  readonly order: number;
  readonly task: T;
}

/** What is to be done when: a binary heap, the earliest first and among equals the oldest. */
export class Timers<T> {
  readonly #heap: Timer<T>[] = [];
  #added = 0;

  add(at: number, task: T): void {
    this.#added += 1;
    const timer = { at, order: this.#added, task };
    let child = this.#heap.push(timer) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = this.#heap[parent];
      if (!above || isBefore(above, timer)) break;
      this.#heap[child] = above;
      child = parent;
    }
    this.#heap[child] = timer;
  }

  /** Removes all that are due first. */
  takeEarliest(): { at: number; tasks: T[] } | undefined {
    const first = this.#take();
    if (!first) return undefined;
    const tasks = [first.task];
    while (this.#heap[0]?.at === first.at) {
      const next = this.#take();
      if (next) tasks.push(next.task);
    }
    return { at: first.at, tasks };
  }

  #take(): Timer<T> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let parent = 0;
    for (;;) {
      const left = heap[2 * parent + 1];
      const right = heap[2 * parent + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const smaller = isRight ? right : left;
      if (!smaller || isBefore(last, smaller)) break;
      heap[parent] = smaller;
      parent = 2 * parent + (isRight ? 2 : 1);
    }
    heap[parent] = last;
    return first;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
