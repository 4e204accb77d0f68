import { setTimeout as sleep } from 'node:timers/promises';
import { sqsTickets } from '../../lib/aws/sqs-tickets.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { describeTicketQueue } from '../conformance/ticket-queue.ts';
import { sqs } from './support/clients.ts';
import { queuePrefixes } from './support/queues.ts';

/** Short, as the tests wait for it, but long enough to receive all of many tickets in. */
const VISIBILITY_SECONDS = 5;
/** The emulator looks once a second for what is due. */
const GRACE_MILLIS = 1_500;

const newPrefix = queuePrefixes();

describeTicketQueue('SQS', async () => {
  return {
    queue: sqsTickets({
      client: sqs,
      prefix: newPrefix(),
      clock: systemClock,
      visibilitySeconds: VISIBILITY_SECONDS,
    }),
    now: Date.now,
    advance: (millis: number) => sleep(millis + GRACE_MILLIS),
    visibilityMillis: VISIBILITY_SECONDS * 1000,
  };
});
