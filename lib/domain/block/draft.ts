import {
  type Block,
  encodeTries,
  isWait,
  type Lease,
  MAX_PAST,
  type PastLease,
  READY,
  triesOf,
} from './block.ts';

/** A block opened for changing: commands edit a draft, `finish` makes the next block of it. */
export interface Draft {
  readonly block: Block;
  readonly slots: string[];
  readonly waits: number[];
  leases: Lease[];
  past: PastLease[];
  timing: Block['timing'];
  tries: number[] | undefined;
}

export function draftOf(block: Block): Draft {
  return {
    block,
    slots: block.slots.split(''),
    waits: [...block.waits],
    leases: [...block.leases],
    past: [...block.past],
    timing: block.timing,
    tries: undefined,
  };
}

/** The tries of every slot, to be changed in place. */
export function triesIn(draft: Draft): number[] {
  draft.tries ??= draft.slots.map((_, slot) => triesOf(draft.block, slot));
  return draft.tries;
}

export function triesAt(draft: Draft, slot: number): number {
  return draft.tries?.[slot] ?? triesOf(draft.block, slot);
}

/** Marks slots whose backoff is over as ready, and frees their digits. */
export function endWaits(draft: Draft, now: number): void {
  if (draft.waits.length === 0) return;
  for (const [slot, mark] of draft.slots.entries())
    if (isWait(mark) && (draft.waits[Number(mark)] ?? 0) <= now) draft.slots[slot] = READY;
  for (const digit of draft.waits.keys()) if (!draft.slots.includes(String(digit))) draft.waits[digit] = 0;
  while (draft.waits.at(-1) === 0) draft.waits.pop();
}

/** Remembers that a lease settled or gave back these slots. */
export function remember(draft: Draft, { id, worker }: Lease, slots: readonly number[]): void {
  const known = draft.past.find(past => past.id === id);
  const merged = { id, worker, slots: known ? [...known.slots, ...slots].sort((a, b) => a - b) : slots };
  draft.past = [...draft.past.filter(past => past.id !== id), merged].slice(-MAX_PAST);
}

/** The next block: leases that hold nothing any more are gone, and the version is one up. */
export function finish(draft: Draft, changes: Partial<Block> = {}): Block {
  const held = new Set(draft.slots);
  return {
    ...draft.block,
    slots: draft.slots.join(''),
    tries: draft.tries ? encodeTries(draft.tries) : draft.block.tries,
    waits: draft.waits,
    leases: draft.leases.filter(lease => held.has(lease.mark)),
    past: draft.past,
    timing: draft.timing,
    version: draft.block.version + 1,
    ...changes,
  };
}
