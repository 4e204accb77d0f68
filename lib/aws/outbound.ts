import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Event, type Outbound, PortUnavailable } from '../dispatch/ports.ts';
import { type EventBusOptions, putEvent } from './event-bus.ts';
import { isFifo, parseSqsQueue, type SqsQueue } from './reply-queue.ts';

export interface AwsOutboundOptions {
  readonly client: SQSClient;
  readonly region: string;
  /** ARNs of the queues that tasks may reply to: those that the functions may send to. */
  readonly replyQueues: readonly string[];
  /** The bus that is told of everything, where there is one. */
  readonly eventBus?: EventBusOptions | undefined;
}

/**
 * `Outbound` on SQS and EventBridge. A message of SQS is the event's message as JSON; in a FIFO queue the task is the
 * group, and the event's id what tells repetitions.
 */
export function awsOutbound({ client, region, replyQueues, eventBus }: AwsOutboundOptions): Outbound {
  const known = replyQueues.flatMap(arn => parseSqsQueue(arn) ?? []);
  const find = (address: string): SqsQueue | undefined => {
    const named = parseSqsQueue(address);
    return known.find(({ account, name }) => account === named?.account && name === named.name);
  };

  async function sendTo(queue: SqsQueue, { id, subject, message }: Event): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: `https://sqs.${region}.amazonaws.com/${queue.account}/${queue.name}`,
      MessageBody: JSON.stringify(message),
      ...(isFifo(queue) && { MessageGroupId: subject, MessageDeduplicationId: id }),
    });
    try {
      await client.send(command);
    } catch (cause) {
      // Also one that is gone, or closed to the functions, may be there again tomorrow.
      const reason = cause instanceof Error ? `${cause.name} ${cause.message}` : String(cause);
      throw new PortUnavailable(`queue ${queue.name}: ${reason}`, { cause });
    }
  }

  return {
    listeners: eventBus ? [eventBus.bus] : [],
    faultOf(address) {
      if (!parseSqsQueue(address))
        return `replies go to sluice:NAME, to webhook:NAME, or to a queue of SQS by its ARN or URL, and not to ${address}`;
      return find(address)
        ? undefined
        : `${address} is not among the queues that this deployment may send to: name it in replyQueues`;
    },
    async send(address, event) {
      if (eventBus && address === eventBus.bus) return putEvent(eventBus, event);
      const queue = find(address);
      if (!queue) throw new PortUnavailable(`${address} is no longer among the queues of this deployment`);
      await sendTo(queue, event);
    },
  };
}
