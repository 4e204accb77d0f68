import type { Ticket } from '../dispatch/ports.ts';

/** A ticket as the body of a message. */
export function bodyOf({ block, generation }: Ticket): string {
  return JSON.stringify({ block, generation });
}

/** The ticket that a body stands for; nothing when somebody else put something into the queue. */
export function ticketIn(body: string): Ticket | undefined {
  const [, block, generation] = /^\{"block":(\d{1,15}),"generation":(\d{1,15})\}$/.exec(body) ?? [];
  return block === undefined ? undefined : { block: Number(block), generation: Number(generation) };
}
