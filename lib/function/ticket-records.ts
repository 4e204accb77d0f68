import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ticketIn } from '../aws/ticket-body.ts';

/** A ticket as a message of its queue brought it. */
export interface TicketRecord {
  /** The message's id. */
  readonly id: string;
  /** The number of the task that it names. */
  readonly number: number;
  readonly generation: number;
}

/** An event after the middleware, with its messages as tickets. */
export type TicketsEvent = SQSEvent & { tickets?: readonly TicketRecord[] };

/** What the handler answers: the ids of the messages that are to come again. */
export type ComeAgain = ReadonlySet<string>;

/**
 * Reads the messages of a batch, and answers with those that are to come again: to the queue all others are done with.
 * What comes too often goes to the dead-letter queue; so does a message that is no ticket, and takes no other with it.
 *
 * The protocol: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function ticketRecords(
  warn: (message: string) => void,
): MiddlewareObj<TicketsEvent, ComeAgain | SQSBatchResponse> {
  return {
    before({ event }) {
      event.tickets = event.Records.flatMap(record => ticketOf(record) ?? []);
    },
    after(request) {
      const { event, response } = request;
      const strange = event.Records.filter(record => !ticketOf(record)).map(({ messageId }) => messageId);
      for (const id of strange) warn(`message ${id} is no ticket of a task`);
      const failed = response instanceof Set ? [...strange, ...response] : strange;
      request.response = { batchItemFailures: failed.map(id => ({ itemIdentifier: id })) };
    },
  };
}

function ticketOf({ messageId: id, body }: SQSRecord): TicketRecord | undefined {
  const ticket = ticketIn(body);
  return ticket && { id, number: ticket.block, generation: ticket.generation };
}
