import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { sqliteTickets } from '../../lib/embedded/sqlite-tickets.ts';
import { describeBell } from '../conformance/bell.ts';
import { describeFiles } from '../conformance/files.ts';
import { describeStore } from '../conformance/store.ts';
import { describeTicketQueue } from '../conformance/ticket-queue.ts';
import { tempDatabase } from '../support/embedded-home.ts';
import { startFileHome } from '../support/file-home.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const makeQueue = async () => {
  const clock = new VirtualClock();
  return {
    queue: sqliteTickets(await tempDatabase(), clock),
    now: () => clock.now(),
    advance: (millis: number) => clock.pass(millis / 1000),
    visibilityMillis: 30_000,
  };
};

describeStore('SQLite', async () => sqliteStore(await tempDatabase()));
describeTicketQueue('SQLite', makeQueue);
describeBell('SQLite', makeQueue);
describeFiles('A folder', async () => {
  const { files, clock, makeReplica } = await startFileHome();
  return {
    files,
    now: () => clock.now(),
    advance: millis => clock.pass(millis / 1000),
    makeReplica,
    forbiddenReplica: 'file:///etc/passwd',
  };
});
