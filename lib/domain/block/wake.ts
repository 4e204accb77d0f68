import { NEVER, type TicketMove, ticketFor } from '../ticket.ts';
import { type Block, READY } from './block.ts';
import { hasRoom, type LeaseRoom } from './size.ts';

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

/** Keeps the promise that a ticket of the block's generation comes up when the block has something to do. */
export function moveTicket(block: Block, room: LeaseRoom): { block: Block; move: TicketMove } {
  const { item, move } = ticketFor(block, nextWake(block, room));
  return { block: item, move };
}
