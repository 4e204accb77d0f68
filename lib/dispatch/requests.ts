import type { Lease } from '../domain/block/block.ts';
import { LONGEST_REQUEST_ID } from '../domain/block/size.ts';
import { hash64 } from '../domain/hash.ts';
import type { Home } from './home.ts';

/** A project's number, or a queue's name before which `t-` stands. */
type Scope = number | `t-${string}`;

/** Requests remembered; the oldest are forgotten first. */
const MOST = 10_000;

/**
 * The blocks (or tasks) in which the requests of late were given files, so that a request whose answer was lost is given the
 * same files when it is repeated. It only says where to look: whether the lease still stands is in the block. What
 * another process gave, or this one before it was started anew, is learnt when the sweep comes by.
 */
export class Requests {
  readonly #blocks = new Map<string, Set<number>>();

  note(scope: Scope, block: number, lease: Pick<Lease, 'worker' | 'requestId'>): void {
    const name = nameOf(scope, lease);
    const blocks = this.#blocks.get(name);
    if (blocks) {
      blocks.add(block);
      return;
    }
    if (this.#blocks.size >= MOST) this.#blocks.delete(this.#blocks.keys().next().value ?? '');
    this.#blocks.set(name, new Set([block]));
  }

  blocksOf(scope: Scope, request: Pick<Lease, 'worker' | 'requestId'>): ReadonlySet<number> {
    return this.#blocks.get(nameOf(scope, request)) ?? NONE;
  }
}

const NONE: ReadonlySet<number> = new Set();

function nameOf(scope: Scope, { worker, requestId }: Pick<Lease, 'worker' | 'requestId'>): string {
  return `${scope}/${worker}/${requestId}`;
}

/** What a lease remembers of the request that made it: its id, of long ones a hash. A new id when there is none. */
export function requestIdOf(
  { newId }: Pick<Home, 'newId'>,
  { requestId = newId() }: { requestId?: string | undefined },
): string {
  if (requestId.length <= LONGEST_REQUEST_ID) return requestId;
  const { high, low } = hash64(requestId);
  return `${high.toString(36)}${low.toString(36)}`.slice(0, LONGEST_REQUEST_ID);
}
