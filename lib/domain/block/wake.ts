import { type Block, READY } from './block.ts';
import { hasRoom, type LeaseRoom } from './size.ts';

/** A block that waits for nothing: its leases have no deadline. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * When a block next has something to do: 0 = now, NEVER = only when a worker reports.
 * Ready slots it cannot lease for want of room wait for a lease to end, like reserved ones.
 */
export function nextWake(block: Block, room: LeaseRoom): number {
  const isOpen = hasRoom(block.leases, room);
  if (isOpen && block.slots.includes(READY)) return 0;
  const waits = isOpen ? block.waits.filter(notBefore => notBefore !== 0) : [];
  const deadlines = block.leases.map(({ deadline }) => deadline ?? NEVER);
  return Math.min(NEVER, ...waits, ...deadlines);
}

/** What must happen to the block's ticket together with a change of the block. */
export type TicketMove =
  /** The current ticket comes up in time. */
  | { readonly kind: 'keep' }
  /** A ticket of the next generation must be sent before the block is written. */
  | { readonly kind: 'send'; readonly generation: number; readonly visibleAt: number };

/**
 * Keeps the promise that a ticket of the block's generation comes up when the block has something to do.
 * Moves a changed block to a fresh ticket when the current one is hidden for longer than that.
 */
export function moveTicket(block: Block, room: LeaseRoom): { block: Block; move: TicketMove } {
  const wake = nextWake(block, room);
  if (wake >= block.wakeAt) return { block, move: { kind: 'keep' } };
  const generation = block.generation + 1;
  return {
    block: { ...block, generation, wakeAt: wake },
    move: { kind: 'send', generation, visibleAt: wake },
  };
}
