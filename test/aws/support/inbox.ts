import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { newName, sqs } from './clients.ts';

const Message = z.record(z.string(), z.unknown());
type Message = z.infer<typeof Message>;
const Enveloped = z.looseObject({ detail: Message, 'detail-type': z.string() });

export interface Inbox {
  readonly url: string;
  readonly arn: string;
  /** Receives and deletes until so many messages of a task have come. */
  readonly take: (task: string, count: number) => Promise<Message[]>;
  /** The same of those in which a member has a value. */
  readonly takeOf: (member: string, value: unknown, count: number) => Promise<Message[]>;
}

/** Makes queues that a test receives from, and deletes them when the file's tests are over. */
export function inboxes(): (suffix?: string) => Promise<Inbox> {
  const urls: string[] = [];
  afterAll(async () => {
    for (const QueueUrl of urls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
  return async (suffix = '') => {
    const Attributes = suffix === '.fifo' ? { FifoQueue: 'true' } : undefined;
    const command = new CreateQueueCommand({
      QueueName: newName() + suffix,
      ...(Attributes && { Attributes }),
    });
    const { QueueUrl = '' } = await sqs.send(command);
    urls.push(QueueUrl);
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    const { Attributes: { QueueArn: arn = '' } = {} } = await sqs.send(asked);
    const takeOf: Inbox['takeOf'] = (member, value, count) =>
      takeFrom(QueueUrl, message => message[member] === value, count);
    return { url: QueueUrl, arn, takeOf, take: (task, count) => takeOf('task', task, count) };
  };
}

async function takeFrom(
  QueueUrl: string,
  isWanted: (message: Message) => boolean,
  count: number,
): Promise<Message[]> {
  const taken: Message[] = [];
  while (taken.length < count) {
    const ask = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    const { Messages = [] } = await sqs.send(ask);
    for (const { Body = '', ReceiptHandle } of Messages) {
      const body: unknown = JSON.parse(Body);
      const enveloped = Enveloped.safeParse(body);
      const message = enveloped.success ? enveloped.data.detail : Message.parse(body);
      if (isWanted(message)) taken.push(message);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return taken;
}
