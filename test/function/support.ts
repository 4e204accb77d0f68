import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type SluiceFunctionOptions, sluiceFunction } from '../../lib/function/index.ts';
import type { AnyRunner } from '../../lib/worker/index.ts';
import { taskHome } from '../worker/tasks/support.ts';

const TICKETS = 't-q-normal';

/** A message as Lambda hands it on. */
function recordOf(messageId: string, body: string): SQSRecord {
  return {
    ...{ messageId, body, receiptHandle: messageId, messageAttributes: {}, md5OfBody: '' },
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    ...{ eventSource: 'aws:sqs', eventSourceARN: '', awsRegion: '' },
  };
}

export function eventOf(...bodies: string[]): SQSEvent {
  return { Records: bodies.map((body, n) => recordOf(`m${n}`, body)) };
}

export const ticketOf = (block: number, generation = 1) => JSON.stringify({ block, generation });

/** A queue `q` and a function that is given its tickets. */
export async function functionHome(
  handlers: Readonly<Record<string, AnyRunner>>,
  { seconds = 900, ...options }: SluiceFunctionOptions & { seconds?: number } = {},
) {
  const home = await taskHome();
  const { client, clock, tickets } = home;
  const warnings: string[] = [];
  const handler = sluiceFunction(handlers, {
    ...{ client, queue: 'q', clock, random: () => 0.5 },
    warn: message => warnings.push(message),
    ...options,
  });
  /** Invokes the function; answers the ids of the messages that are to come again, and how long it took. */
  async function invoke(event: SQSEvent) {
    const since = clock.now();
    const until = since + seconds * 1000;
    const { batchItemFailures } = await handler(event, {
      getRemainingTimeInMillis: () => until - clock.now(),
    });
    return {
      failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      seconds: (clock.now() - since) / 1000,
    };
  }
  return {
    ...{ ...home, warnings, invoke },
    /** As Lambda does: receives what is visible, invokes the function, and deletes what it is done with. */
    async deliver(most = 1) {
      const received = Array.from({ length: most }, () => tickets.receive(TICKETS) ?? []).flat();
      const answer = await invoke(
        eventOf(...received.map(({ block, generation }) => ticketOf(block, generation))),
      );
      for (const [n, { receipt }] of received.entries())
        if (!answer.failed.includes(`m${n}`)) tickets.delete(TICKETS, receipt);
      return { ...answer, received: received.length };
    },
    ticketsLeft: () => tickets.ticketsOf(TICKETS).length,
  };
}
