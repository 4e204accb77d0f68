import type { Lease } from '../domain/block/block.ts';
import { LONGEST_REQUEST_ID } from '../domain/block/size.ts';
import { hash64 } from '../domain/hash.ts';
import type { Home } from './home.ts';

/** A project's number, or a queue's name before which `t-` stands. */
type Scope = number | `t-${string}`;

/** Requests remembered at the least. */
const LEAST = 5_000;

/**
 * The blocks (or tasks) that the requests of late were given, so that a request whose answer was lost is given the
 * same when it is repeated. It only says where to look: whether the lease still stands is in the block. What
 * another process gave, or this one before it was started anew, is learnt when the sweep comes by.
 *
 * They are forgotten by the thousand: to look for the oldest of a map, each time one comes, takes longer the more
 * were deleted before it.
 */
export class Requests {
  #recent = new Map<string, readonly number[]>();
  #older: ReadonlyMap<string, readonly number[]> = new Map();

  note(scope: Scope, block: number, lease: Pick<Lease, 'worker' | 'requestId'>): void {
    const blocks = this.blocksOf(scope, lease);
    if (blocks.includes(block)) return;
    if (this.#recent.size >= LEAST) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(nameOf(scope, lease), [...blocks, block]);
  }

  blocksOf(scope: Scope, request: Pick<Lease, 'worker' | 'requestId'>): readonly number[] {
    const name = nameOf(scope, request);
    return this.#recent.get(name) ?? this.#older.get(name) ?? NONE;
  }
}

const NONE: readonly number[] = [];

function nameOf(scope: Scope, { worker, requestId }: Pick<Lease, 'worker' | 'requestId'>): string {
  return `${scope}/${worker}/${requestId}`;
}

/** What a lease remembers of the request that made it. A new id when there is none. */
export function requestIdOf(
  { newId }: Pick<Home, 'newId'>,
  { requestId = newId() }: { requestId?: string | undefined },
): string {
  return shortIdOf(requestId);
}

/** What is remembered of a request: its id, of long ones a hash. */
export function shortIdOf(requestId: string): string {
  if (requestId.length <= LONGEST_REQUEST_ID) return requestId;
  const { high, low } = hash64(requestId);
  return `${high.toString(36)}${low.toString(36)}`.slice(0, LONGEST_REQUEST_ID);
}
