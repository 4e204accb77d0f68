import type { Block } from '../domain/block/block.ts';

/**
 * How long a file of each project takes, learnt from the blocks this process has seen: what a worker with little
 * wall time left is offered rests on it. An estimate, so it is not stored.
 */
export class Durations {
  readonly #seen = new Map<string, { files: number; millis: number }>();
  readonly #totals = new Map<number, { files: number; millis: number }>();

  observe(project: number, number: number, { timing }: Block): void {
    const key = `${project}/${number}`;
    const before = this.#seen.get(key) ?? { files: 0, millis: 0 };
    if (timing.files === before.files) return;
    const total = this.#totals.get(project) ?? { files: 0, millis: 0 };
    this.#totals.set(project, {
      files: total.files + timing.files - before.files,
      millis: total.millis + timing.millis - before.millis,
    });
    this.#seen.set(key, timing);
  }

  /** Mean seconds a file, or undefined while nothing is known. */
  meanSeconds(project: number): number | undefined {
    const total = this.#totals.get(project);
    return total && total.files > 0 ? total.millis / total.files / 1000 : undefined;
  }
}
