import type { Clock, OutgoingTicket, ReceivedTicket, Ticket } from '../../../lib/dispatch/ports.ts';

interface StoredTicket extends Ticket {
  readonly id: number;
  visibleAt: number;
  receives: number;
}

/** How long a received ticket stays hidden unless it is hidden or deleted sooner. */
const VISIBILITY_MILLIS = 30_000;

/** Queues of tickets. `pick` chooses among `count` visible ones, ordered by the time they became visible. */
export class MemoryQueues {
  readonly #clock: Clock;
  readonly #pick: (count: number) => number;
  readonly #queues = new Map<string, StoredTicket[]>();
  #lastId = 0;

  constructor(clock: Clock, pick: (count: number) => number) {
    this.#clock = clock;
    this.#pick = pick;
  }

  send(name: string, tickets: readonly OutgoingTicket[]): void {
    for (const { block, generation, visibleAt } of tickets) {
      this.#lastId += 1;
      const stored = { id: this.#lastId, block, generation, visibleAt, receives: 0 };
      this.#queues.set(name, [...this.ticketsOf(name), stored]);
    }
  }

  /** `stays`: another can receive it at once too. */
  receive(name: string, { stays = false } = {}): ReceivedTicket | undefined {
    const now = this.#clock.now();
    const visible = this.ticketsOf(name)
      .filter(({ visibleAt }) => visibleAt <= now)
      .sort((a, b) => a.visibleAt - b.visibleAt);
    const ticket = visible[this.#pick(visible.length)];
    if (!ticket) return undefined;
    ticket.receives += 1;
    if (!stays) ticket.visibleAt = now + VISIBILITY_MILLIS;
    const { block, generation, receives } = ticket;
    return { block, generation, receives, receipt: receiptOf(ticket) };
  }

  hide(name: string, receipt: string, until: number): void {
    for (const ticket of this.ticketsOf(name)) if (receiptOf(ticket) === receipt) ticket.visibleAt = until;
  }

  delete(name: string, receipt: string): void {
    this.#queues.set(
      name,
      this.ticketsOf(name).filter(ticket => receiptOf(ticket) !== receipt),
    );
  }

  drop(name: string): void {
    this.#queues.delete(name);
  }

  /** When the next ticket of some queues becomes visible; Infinity = there is none. */
  earliest(names: readonly string[]): number {
    return Math.min(...names.flatMap(name => this.ticketsOf(name)).map(({ visibleAt }) => visibleAt));
  }

  /** The tickets of a queue, the oldest first. */
  ticketsOf(name: string): readonly StoredTicket[] {
    return this.#queues.get(name) ?? [];
  }

  /** The queues that hold something. */
  names(): string[] {
    return [...this.#queues.keys()].filter(name => this.ticketsOf(name).length > 0).sort();
  }
}

/** Stands for one receive of a ticket: void once it was received again. */
function receiptOf({ id, receives }: StoredTicket): string {
  return `${id}.${receives}`;
}
