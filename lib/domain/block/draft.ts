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
  const known = draft.past.find(past => past.id === id)?.slots ?? [];
  const all = [...known, ...slots].sort((a, b) => a - b);
  draft.past = [...draft.past.filter(past => past.id !== id), { id, worker, slots: all }].slice(-MAX_PAST);
}

/** The slots that bear a mark, in file order. */
export function slotsMarked({ slots }: Draft, mark: string): number[] {
  const marked: number[] = [];
  for (let slot = 0; slot < slots.length; slot += 1) if (slots[slot] === mark) marked.push(slot);
  return marked;
}

/** Ends the leases that hold nothing any more. */
export function dropEmptyLeases(draft: Draft): void {
  draft.leases = draft.leases.filter(({ mark }) => draft.slots.includes(mark));
}

/** The slots as text again, made of the former text where it still holds: joining 256 characters takes longer. */
function slotsText({ block, slots }: Draft): string {
  let text = '';
  let kept = 0;
  for (let slot = 0; slot < slots.length; ) {
    const mark = slots[slot] ?? READY;
    let end = slot + 1;
    if (mark !== block.slots[slot]) {
      while (slots[end] === mark) end += 1;
      text += block.slots.slice(kept, slot) + mark.repeat(end - slot);
      kept = end;
    }
    slot = end;
  }
  return text + block.slots.slice(kept);
}

/** The next block: its version is one up. */
export function finish(draft: Draft, changes: Partial<Block> = {}): Block {
  return {
    ...draft.block,
    slots: slotsText(draft),
    tries: draft.tries ? encodeTries(draft.tries) : draft.block.tries,
    waits: draft.waits,
    leases: draft.leases,
    past: draft.past,
    timing: draft.timing,
    version: draft.block.version + 1,
    ...changes,
  };
}
