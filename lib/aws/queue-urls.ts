import { CreateQueueCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PortUnavailable } from '../dispatch/ports.ts';
import { queueNameOf } from './queue-name.ts';
import { isNamed, reach } from './reach.ts';

/** 14 days, the longest there is. */
const RETENTION_SECONDS = 1_209_600;

/** The URLs of queues, each asked for once. */
export class QueueUrls {
  readonly #client: SQSClient;
  readonly #prefix: string;
  readonly #visibilitySeconds: number;
  readonly #urls = new Map<string, string>();

  constructor(client: SQSClient, prefix: string, visibilitySeconds: number) {
    this.#client = client;
    this.#prefix = prefix;
    this.#visibilitySeconds = visibilitySeconds;
  }

  /** The URL of a queue that is there. */
  async find(queue: string): Promise<string | undefined> {
    const known = this.#urls.get(queue);
    if (known !== undefined) return known;
    const QueueName = queueNameOf(this.#prefix, queue);
    try {
      const { QueueUrl } = await reach(queue, this.#client.send(new GetQueueUrlCommand({ QueueName })));
      return this.#keep(queue, QueueUrl);
    } catch (error) {
      if (isMissingQueue(error)) return undefined;
      throw error;
    }
  }

  /** The URL of a queue, made if it is not there. */
  async make(queue: string): Promise<string> {
    const command = new CreateQueueCommand({
      QueueName: queueNameOf(this.#prefix, queue),
      Attributes: {
        VisibilityTimeout: String(this.#visibilitySeconds),
        MessageRetentionPeriod: String(RETENTION_SECONDS),
        SqsManagedSseEnabled: 'true',
      },
    });
    try {
      const { QueueUrl } = await reach(queue, this.#client.send(command));
      return this.#keep(queue, QueueUrl);
    } catch (error) {
      if (isNamed(error, 'QueueDeletedRecently', 'AWS.SimpleQueueService.QueueDeletedRecently'))
        throw new PortUnavailable(`${queue} was dropped less than a minute ago`, { cause: error });
      throw error;
    }
  }

  forget(queue: string): void {
    this.#urls.delete(queue);
  }

  #keep(queue: string, url: string | undefined): string {
    if (url === undefined) throw new Error(`SQS gave no URL for ${queue}`);
    this.#urls.set(queue, url);
    return url;
  }
}

export function isMissingQueue(error: unknown): boolean {
  return isNamed(error, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue');
}
