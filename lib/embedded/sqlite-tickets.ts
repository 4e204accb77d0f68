import type { Clock, ReceivedTicket, TicketQueue } from '../dispatch/ports.ts';
import { processBell } from './bell.ts';
import type { Database } from './database.ts';

/** How long a received ticket stays hidden unless it is hidden or deleted sooner. */
const VISIBILITY_MILLIS = 30_000;

/**
 * `TicketQueue` on SQLite. Tickets come up in the order of their visibility and age; a ticket made visible at once
 * keeps its place, so that workers go through a project's blocks one after the other.
 */
export function sqliteTickets(database: Database, clock: Clock): TicketQueue {
  const insert = database.prepare(
    'INSERT INTO tickets (queue, visible_at, block, generation) VALUES (?, ?, ?, ?)',
  );
  const next = database.prepare(
    'SELECT id, block, generation, receives FROM tickets WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT 1',
  );
  const earliest = database.prepare('SELECT min(visible_at) AS at FROM tickets WHERE queue = ?');
  const take = database.prepare('UPDATE tickets SET visible_at = ?, receives = receives + 1 WHERE id = ?');
  const hide = database.prepare(
    'UPDATE tickets SET visible_at = ? WHERE id = ? AND receives = ? AND queue = ?',
  );
  const remove = database.prepare('DELETE FROM tickets WHERE id = ? AND receives = ? AND queue = ?');
  const drop = database.prepare('DELETE FROM tickets WHERE queue = ?');

  const bell = processBell(clock, queues => {
    const times = database.read(() => queues.map(queue => earliest.get(queue)?.at));
    return Math.min(...times.filter(at => typeof at === 'number'));
  });

  return {
    bell,
    async send(queue, tickets) {
      database.write(() => {
        for (const { block, generation, visibleAt } of tickets)
          insert.run(queue, Math.ceil(visibleAt), block, generation);
      });
      bell.due(queue, Math.min(...tickets.map(({ visibleAt }) => visibleAt)));
    },
    async receive(queue) {
      const now = clock.now();
      const row = database.read(() => next.get(queue, now));
      if (!row) return undefined;
      database.write(() => take.run(now + VISIBILITY_MILLIS, Number(row.id)));
      return ticketOf(row);
    },
    async hide(queue, receipt, until) {
      const { id, receives } = parseReceipt(receipt);
      database.write(() => hide.run(Math.ceil(until), id, receives, queue));
      bell.due(queue, until);
    },
    async delete(queue, receipt) {
      const { id, receives } = parseReceipt(receipt);
      database.write(() => remove.run(id, receives, queue));
    },
    async drop(queue) {
      database.write(() => drop.run(queue));
      bell.ring(queue);
    },
  };
}

/** A receipt names the ticket and the receive it stands for, so that an overtaken one changes nothing. */
function parseReceipt(receipt: string): { id: number; receives: number } {
  const [id = 0, receives = 0] = receipt.split('.').map(Number);
  return { id, receives };
}

function ticketOf(row: Record<string, unknown>): ReceivedTicket {
  const receives = Number(row.receives) + 1;
  return {
    block: Number(row.block),
    generation: Number(row.generation),
    receipt: `${row.id}.${receives}`,
    receives,
  };
}
