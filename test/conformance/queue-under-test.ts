import type { OutgoingTicket, ReceivedTicket, TicketQueue } from '../../lib/dispatch/ports.ts';

/** A queue under test, and time. */
interface QueueUnderTest {
  readonly queue: TicketQueue;
  /** The queue's time, ms since 1970. */
  now(): number;
  /** Lets at least this much time pass. */
  advance(millis: number): Promise<void>;
  /** How long a received ticket stays hidden unless it is hidden or deleted sooner. */
  readonly visibilityMillis: number;
}

export type MakeQueue = () => Promise<QueueUnderTest>;

/** Long enough for queues that count in whole seconds. */
export const WHILE_MILLIS = 2_000;

/** A ticket to send; visible at once unless it says when. */
export function ticket(block: number, { generation = 1, visibleAt = 0 } = {}): OutgoingTicket {
  return { block, generation, visibleAt };
}

/** Receives what must be there. */
export async function receiveOne(queue: TicketQueue, name = 'q'): Promise<ReceivedTicket> {
  const received = await queue.receive(name);
  if (!received) throw new Error(`nothing can be received from ${name}`);
  return received;
}

/** Receives all that is visible; the blocks in ascending order. */
export async function receiveAll(queue: TicketQueue, name = 'q'): Promise<number[]> {
  const blocks: number[] = [];
  for (let next = await queue.receive(name); next; next = await queue.receive(name)) blocks.push(next.block);
  return blocks.sort((a, b) => a - b);
}
