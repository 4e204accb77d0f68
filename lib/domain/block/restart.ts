import { NEVER } from '../ticket.ts';
import { type Block, isClosed, READY, type SlotState, slotState } from './block.ts';
import { draftOf, dropEmptyLeases, endWaits, finish, triesIn } from './draft.ts';

/** Which slots of a block a restart makes ready again: all in one of these states, or these slots. */
export interface RestartSelection {
  readonly states: readonly SlotState[];
  readonly slots?: ReadonlySet<number>;
}

/**
 * Makes the selected slots ready, with a fresh count of attempts. Their reservations are void; all tokens
 * given out before are fenced off, those of slots that stay reserved excepted.
 * Returns undefined when nothing is selected.
 */
export function restart(
  block: Block,
  { states, slots }: RestartSelection,
  now: number,
): { block: Block; reopened: number } | undefined {
  const draft = draftOf(block);
  endWaits(draft, now);
  const selected = [...draft.slots.keys()].filter(slot => {
    const state = slotState(draft.slots[slot] ?? READY);
    return state !== 'ready' && states.includes(state) && (!slots || slots.has(slot));
  });
  if (selected.length === 0) return undefined;
  const tries = triesIn(draft);
  for (const slot of selected) {
    draft.slots[slot] = READY;
    tries[slot] = 0;
  }
  dropEmptyLeases(draft);
  const reopened = new Set(selected);
  draft.past = draft.past
    .map(past => ({ ...past, slots: past.slots.filter(slot => !reopened.has(slot)) }))
    .filter(past => past.slots.length > 0);
  // A closed block's ticket is gone or going, so it counts as hidden for ever: a fresh one must be sent.
  const wakeAt = isClosed(block) ? NEVER : block.wakeAt;
  return { block: finish(draft, { restartedAt: block.version + 1, wakeAt }), reopened: selected.length };
}
