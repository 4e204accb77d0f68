import type { Lease } from '../domain/block/block.ts';

/** Requests remembered; the oldest are forgotten first. */
const MOST = 10_000;

/**
 * The blocks in which the requests of late were given files, so that a request whose answer was lost is given the
 * same files when it is repeated. It only says where to look: whether the lease still stands is in the block. What
 * another process gave, or this one before it was started anew, is learnt when the sweep comes by.
 */
export class Requests {
  readonly #blocks = new Map<string, Set<number>>();

  note(project: number, block: number, lease: Pick<Lease, 'worker' | 'requestId'>): void {
    const name = nameOf(project, lease);
    const blocks = this.#blocks.get(name);
    if (blocks) {
      blocks.add(block);
      return;
    }
    if (this.#blocks.size >= MOST) this.#blocks.delete(this.#blocks.keys().next().value ?? '');
    this.#blocks.set(name, new Set([block]));
  }

  blocksOf(project: number, request: Pick<Lease, 'worker' | 'requestId'>): ReadonlySet<number> {
    return this.#blocks.get(nameOf(project, request)) ?? NONE;
  }
}

const NONE: ReadonlySet<number> = new Set();

function nameOf(project: number, { worker, requestId }: Pick<Lease, 'worker' | 'requestId'>): string {
  return `${project}/${worker}/${requestId}`;
}
