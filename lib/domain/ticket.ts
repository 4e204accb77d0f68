/** What the ticket of a block or of a task must know of it. */
export interface Ticketed {
  /** The generation of its current ticket. */
  readonly generation: number;
  /** Until when the current ticket is hidden, ms since 1970; 0 = visible. */
  readonly wakeAt: number;
}

/** Something that waits for nothing but a report. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** What must happen to a ticket together with a change of what it names. */
export type TicketMove =
  /** The current ticket comes up in time. */
  | { readonly kind: 'keep' }
  /** A ticket of the next generation must be sent before the change is written. */
  | { readonly kind: 'send'; readonly generation: number; readonly visibleAt: number };

/**
 * Keeps the promise that a ticket of the current generation comes up by `wake` (ms since 1970; 0 = now), when there is
 * something to do. Moves to a fresh ticket when the current one is hidden for longer than that.
 */
export function ticketFor<T extends Ticketed>(item: T, wake: number): { item: T; move: TicketMove } {
  if (wake >= item.wakeAt) return { item, move: { kind: 'keep' } };
  const generation = item.generation + 1;
  return {
    item: { ...item, generation, wakeAt: wake },
    move: { kind: 'send', generation, visibleAt: wake },
  };
}
