import type { Ticket } from '../dispatch/ports.ts';

/** A ticket as the body of a message. */
export function bodyOf({ block, generation }: Ticket): string {
  return JSON.stringify({ block, generation });
}

/** As above; whoever hands a message on may write the same JSON with spaces. */
const TICKET = /^\s*\{\s*"block"\s*:\s*(\d{1,15})\s*,\s*"generation"\s*:\s*(\d{1,15})\s*\}\s*$/;

/** The ticket that a body stands for; nothing when somebody else put something into the queue. */
export function ticketIn(body: string): Ticket | undefined {
  const [, block, generation] = TICKET.exec(body) ?? [];
  return block === undefined ? undefined : { block: Number(block), generation: Number(generation) };
}
