import { writeSync } from 'node:fs';
import { Database } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { sqliteTickets } from '../../lib/embedded/sqlite-tickets.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';

/**
 * A program that goes on from where it was killed: in each turn it puts n as two items, sends n as a ticket and takes
 * the ticket before, and says n when the turn is kept.
 */
const [path = ''] = process.argv.slice(2);
const database = new Database({ path });
const store = sqliteStore(database);
const tickets = sqliteTickets(database, systemClock);

const last = await store.get({ partition: 'last', sort: 'n' });
let version = last?.version ?? 0;
for (let n = version + 1; ; n += 1) {
  await store.put({ partition: 'all', sort: String(n).padStart(6, '0') }, { n }, 0);
  await store.put({ partition: 'last', sort: 'n' }, { n }, version);
  version += 1;
  const before = await tickets.receive('q');
  if (before) await tickets.delete('q', before.receipt);
  await tickets.send('q', [{ block: n, generation: 1, visibleAt: 0 }]);
  await database.settled();
  writeSync(1, `${n}\n`);
}
