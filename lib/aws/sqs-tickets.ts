import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock, OutgoingTicket, TicketQueue } from '../dispatch/ports.ts';
import { isMissingQueue, QueueUrls } from './queue-urls.ts';
import { isNamed, reach } from './reach.ts';
import { formatReceipt, parseReceipt, type Receipt } from './receipts.ts';
import { retryRest } from './retry-rest.ts';
import { bodyOf, ticketIn } from './ticket-body.ts';

export interface SqsTicketsOptions {
  readonly client: SQSClient;
  /** What the names of all queues begin with; what the functions may do is limited to it. */
  readonly prefix: string;
  readonly clock: Clock;
  /** How long a received ticket stays hidden unless it is hidden or deleted sooner. Default 30. */
  readonly visibilitySeconds?: number;
}

const VISIBILITY_SECONDS = 30;
/** Tickets SQS takes in one request. */
const SENT_AT_ONCE = 10;
/** Requests under way at once while many tickets are sent. */
const SENDERS = 8;
/** The longest SQS delays a message: a ticket for later comes up then, and is put back by whoever receives it. */
const MAX_DELAY_SECONDS = 900;
/** The longest SQS hides a message, from when it was received. */
const MAX_HIDDEN_SECONDS = 43_200;

/** `TicketQueue` on standard queues of SQS, each made when the first ticket is sent to it. */
export function sqsTickets(options: SqsTicketsOptions): TicketQueue {
  const { client, prefix, clock, visibilitySeconds = VISIBILITY_SECONDS } = options;
  const urls = new QueueUrls(client, prefix, visibilitySeconds);

  /** Does something with a queue that is there; one that is not has nothing to do it to. */
  async function ifThere<T>(queue: string, work: (url: string) => Promise<T>): Promise<T | undefined> {
    const url = await urls.find(queue);
    if (url === undefined) return undefined;
    try {
      return await reach(queue, work(url));
    } catch (error) {
      if (!isMissingQueue(error)) throw error;
      urls.forget(queue);
      return undefined;
    }
  }

  async function sendBatch(queue: string, entries: readonly SendMessageBatchRequestEntry[]): Promise<void> {
    await retryRest(clock, `sending to ${queue}`, entries, async rest => {
      const sendTo = (QueueUrl: string) =>
        reach(queue, client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [...rest] })));
      const url = (await urls.find(queue)) ?? (await urls.make(queue));
      const { Failed = [] } = await sendTo(url).catch(async error => {
        if (!isMissingQueue(error)) throw error;
        return sendTo(await urls.make(queue));
      });
      const refused = Failed.find(({ SenderFault }) => SenderFault);
      if (refused) throw new Error(`${queue} refused a ticket: ${refused.Code} ${refused.Message ?? ''}`);
      return rest.filter(({ Id }) => Failed.some(failed => failed.Id === Id));
    });
  }

  /** Does something with the ticket of a receipt, unless the receipt is void. */
  async function ifCurrent(
    queue: string,
    text: string,
    work: (url: string, receipt: Receipt) => Promise<unknown>,
  ): Promise<void> {
    const receipt = parseReceipt(text);
    if (!receipt || clock.now() >= receipt.voidAt) return;
    try {
      await ifThere(queue, url => work(url, receipt));
    } catch (error) {
      if (!isVoidReceipt(error)) throw error;
    }
  }

  return {
    async send(queue, tickets) {
      const now = clock.now();
      const batches: SendMessageBatchRequestEntry[][] = [];
      for (let first = 0; first < tickets.length; first += SENT_AT_ONCE)
        batches.push(tickets.slice(first, first + SENT_AT_ONCE).map((ticket, n) => entryOf(ticket, n, now)));
      const [first, ...others] = batches;
      // The first one makes the queue, should it not be there.
      if (first) await sendBatch(queue, first);
      const left = others.values();
      await Promise.all(
        Array.from({ length: SENDERS }, async () => {
          for (const batch of left) await sendBatch(queue, batch);
        }),
      );
    },
    async receive(queue) {
      for (;;) {
        const receivedAt = clock.now();
        const answer = await ifThere(queue, QueueUrl =>
          client.send(
            new ReceiveMessageCommand({
              QueueUrl,
              MaxNumberOfMessages: 1,
              VisibilityTimeout: visibilitySeconds,
              WaitTimeSeconds: 0,
              MessageSystemAttributeNames: ['ApproximateReceiveCount'],
            }),
          ),
        );
        const message = answer?.Messages?.[0];
        const handle = message?.ReceiptHandle;
        if (!message || handle === undefined) return undefined;
        const voidAt = receivedAt + visibilitySeconds * 1000;
        const receipt = formatReceipt({ handle, receivedAt, voidAt });
        const ticket = ticketIn(message.Body ?? '');
        if (ticket) return { ...ticket, receipt, receives: receivesOf(message) };
        await this.delete(queue, receipt);
      }
    },
    async hide(queue, receipt, until) {
      await ifCurrent(queue, receipt, (QueueUrl, { handle, receivedAt }) => {
        const now = clock.now();
        // A second for SQS's clock, which may differ: beyond its limit it refuses.
        const longest = MAX_HIDDEN_SECONDS - Math.ceil((now - receivedAt) / 1000) - 1;
        const VisibilityTimeout = Math.min(longest, secondsUntil(until, now));
        const what = { QueueUrl, ReceiptHandle: handle, VisibilityTimeout };
        return client.send(new ChangeMessageVisibilityCommand(what));
      });
    },
    async delete(queue, receipt) {
      await ifCurrent(queue, receipt, (QueueUrl, { handle }) =>
        client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle })),
      );
    },
    async deadLetters(queue) {
      const receivedAt = clock.now();
      const answer = await ifThere(queue, QueueUrl =>
        client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: SENT_AT_ONCE,
            VisibilityTimeout: visibilitySeconds,
          }),
        ),
      );
      const voidAt = receivedAt + visibilitySeconds * 1000;
      return (answer?.Messages ?? []).map(({ Body: text = '', ReceiptHandle: handle = '' }) => ({
        ticket: ticketIn(text),
        text,
        receipt: formatReceipt({ handle, receivedAt, voidAt }),
      }));
    },
    async isEmpty(queue) {
      const answer = await ifThere(queue, QueueUrl =>
        client.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
        ),
      );
      return Number(answer?.Attributes?.ApproximateNumberOfMessages ?? 0) === 0;
    },
    async drop(queue) {
      await ifThere(queue, QueueUrl => client.send(new DeleteQueueCommand({ QueueUrl })));
      urls.forget(queue);
    },
  };
}

function entryOf({ visibleAt, ...ticket }: OutgoingTicket, n: number, now: number) {
  return {
    Id: String(n),
    MessageBody: bodyOf(ticket),
    DelaySeconds: Math.min(MAX_DELAY_SECONDS, secondsUntil(visibleAt, now)),
  };
}

function secondsUntil(time: number, now: number): number {
  return Math.max(0, Math.ceil((time - now) / 1000));
}

function receivesOf({ Attributes }: Message): number {
  return Number(Attributes?.ApproximateReceiveCount ?? 1);
}

/** A receipt of a ticket that was deleted, or came up since, is no error: there is nothing left to do with it. */
function isVoidReceipt(error: unknown): boolean {
  if (isNamed(error, 'InvalidParameterValue')) return /receipt ?handle/i.test(String(error));
  return isNamed(
    error,
    'ReceiptHandleIsInvalid',
    'MessageNotInflight',
    'AWS.SimpleQueueService.MessageNotInflight',
  );
}
