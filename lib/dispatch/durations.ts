import type { Block } from '../domain/block/block.ts';

/**
 * How long a file of each project takes, learnt from the blocks this process has seen: what a worker with little
 * wall time left is offered rests on it. An estimate, so it is not stored.
 */
export class Durations {
  readonly #projects = new Map<number, Learnt>();

  observe(project: number, number: number, { timing }: Pick<Block, 'timing'>): void {
    const { total, blocks } = this.#projects.get(project) ?? { total: NOTHING, blocks: new Map() };
    const before = blocks.get(number) ?? NOTHING;
    if (timing.files === before.files) return;
    blocks.set(number, timing);
    const files = total.files + timing.files - before.files;
    const millis = total.millis + timing.millis - before.millis;
    this.#projects.set(project, { total: { files, millis }, blocks });
  }

  /** Mean seconds a file, or undefined while nothing is known. */
  meanSeconds(project: number): number | undefined {
    const total = this.#projects.get(project)?.total;
    return total && total.files > 0 ? total.millis / total.files / 1000 : undefined;
  }

  /** A project that has ended needs no estimate. */
  forget(project: number): void {
    this.#projects.delete(project);
  }
}

interface Learnt {
  readonly total: Block['timing'];
  readonly blocks: Map<number, Block['timing']>;
}

const NOTHING: Block['timing'] = { files: 0, millis: 0 };
