import { describeStore } from '../conformance/store.ts';
import { describeTicketQueue } from '../conformance/ticket-queue.ts';
import { memoryHome } from '../support/memory-home.ts';

// What the tests of use-cases rest on must itself be what the use-cases rest on.
describeStore('The home in memory', async () => memoryHome().store);
describeTicketQueue('The home in memory', async () => {
  const { tickets, clock } = memoryHome();
  return {
    queue: tickets,
    now: () => clock.now(),
    advance: millis => clock.sleep(millis),
    visibilityMillis: 30_000,
  };
});
