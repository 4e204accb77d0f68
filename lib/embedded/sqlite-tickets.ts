import type { Clock, TicketQueue } from '../dispatch/ports.ts';
import { processBell } from './bell.ts';
import type { Database } from './database.ts';

/** How long a received ticket stays hidden unless it is hidden or deleted sooner. */
const VISIBILITY_MILLIS = 30_000;

/** A ticket that was received in this process. */
interface Seen {
  readonly row: Row;
  readonly queue: string;
  readonly receives: number;
  /** `moves` at the time. */
  readonly movesThen: number;
  /** Until when it is hidden because somebody works on it; 0 = nobody does. */
  readonly busyUntil: number;
}

interface Row {
  readonly id: number;
  readonly visibleAt: number;
  readonly block: number;
  readonly generation: number;
}

/**
 * `TicketQueue` on SQLite. Tickets come up in the order of their visibility and age; a ticket made visible at once
 * keeps its place, so that workers go through a project's blocks one after the other.
 *
 * Who works on a ticket right now is kept in memory only: should the process die, nobody does. So to receive a
 * ticket and put it back where it was, the most frequent thing of all, writes nothing.
 */
export function sqliteTickets(database: Database, clock: Clock): TicketQueue {
  const insert = database.prepare(
    'INSERT INTO tickets (queue, visible_at, block, generation) VALUES (?, ?, ?, ?)',
  );
  const first = database.prepare(
    'SELECT id, visible_at, block, generation FROM tickets WHERE queue = ? ORDER BY visible_at, id LIMIT ?',
  );
  const hide = database.prepare('UPDATE tickets SET visible_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM tickets WHERE id = ?');
  const drop = database.prepare('DELETE FROM tickets WHERE queue = ?');
  const seen = new Map<number, Seen>();
  const busy = new Set<number>();
  /** The ticket to give next, where it was put back as it was taken and nothing else has moved: saves looking. */
  const heads = new Map<string, Row>();
  /** Counts the tickets that were sent, deleted or hidden for another time. */
  let moves = 0;

  function moved(queue: string): void {
    moves += 1;
    heads.delete(queue);
  }

  /** The ticket that nobody works on and that is, or becomes, visible first. */
  function nextOf(queue: string, now: number): Row | undefined {
    for (const id of busy) if ((seen.get(id)?.busyUntil ?? 0) <= now) busy.delete(id);
    const rows = database.read(() => first.all(queue, busy.size + 1));
    return rows.map(rowOf).find(({ id }) => !busy.has(id));
  }

  function earliestOf(queue: string): number {
    const next = nextOf(queue, clock.now())?.visibleAt ?? Number.POSITIVE_INFINITY;
    const ends = [...busy].map(id => seen.get(id)).filter(ticket => ticket?.queue === queue);
    return Math.min(next, ...ends.map(ticket => ticket?.busyUntil ?? 0));
  }

  /** The ticket a receipt stands for; undefined when it was received again or deleted since. */
  function current(queue: string, receipt: string): { id: number; ticket: Seen } | undefined {
    const [id = 0, receives = 0] = receipt.split('.').map(Number);
    const ticket = seen.get(id);
    return ticket?.receives === receives && ticket.queue === queue ? { id, ticket } : undefined;
  }

  const bell = processBell(clock, queues => Math.min(...queues.map(earliestOf)));

  return {
    bell,
    async send(queue, tickets) {
      database.write(() => {
        for (const { block, generation, visibleAt } of tickets)
          insert.run(queue, Math.ceil(visibleAt), block, generation);
      });
      moved(queue);
      bell.due(queue, Math.min(...tickets.map(({ visibleAt }) => visibleAt)));
    },
    async receive(queue) {
      const now = clock.now();
      const row = heads.get(queue) ?? nextOf(queue, now);
      heads.delete(queue);
      if (!row || row.visibleAt > now) return undefined;
      const { id, block, generation } = row;
      const receives = (seen.get(id)?.receives ?? 0) + 1;
      seen.set(id, { row, queue, receives, movesThen: moves, busyUntil: now + VISIBILITY_MILLIS });
      busy.add(id);
      return { block, generation, receives, receipt: `${id}.${receives}` };
    },
    async hide(queue, receipt, until) {
      const found = current(queue, receipt);
      if (!found) return;
      const { id, ticket } = found;
      const visibleAt = Math.ceil(until);
      busy.delete(id);
      if (visibleAt !== ticket.row.visibleAt) {
        database.write(() => hide.run(visibleAt, id));
        moved(queue);
      } else if (ticket.movesThen === moves) heads.set(queue, ticket.row);
      seen.set(id, { ...ticket, row: { ...ticket.row, visibleAt }, busyUntil: 0 });
      bell.due(queue, until);
    },
    async delete(queue, receipt) {
      const found = current(queue, receipt);
      if (!found) return;
      database.write(() => remove.run(found.id));
      moved(queue);
      seen.delete(found.id);
      busy.delete(found.id);
    },
    async drop(queue) {
      database.write(() => drop.run(queue));
      moved(queue);
      for (const [id, ticket] of seen) if (ticket.queue === queue) seen.delete(id);
      bell.ring(queue);
    },
  };
}

function rowOf(row: Record<string, unknown>): Row {
  return {
    id: Number(row.id),
    visibleAt: Number(row.visible_at),
    block: Number(row.block),
    generation: Number(row.generation),
  };
}
