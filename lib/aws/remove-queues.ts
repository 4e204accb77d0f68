import { DeleteQueueCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isMissingQueue } from './queue-urls.ts';
import { reach } from './reach.ts';

/** As many as SQS lists at once. */
const PAGE = 1_000;

/** Deletes every queue whose name begins with the prefix. */
export async function removeQueues(client: SQSClient, prefix: string): Promise<void> {
  const what = `queues ${prefix}*`;
  let next: string | undefined;
  do {
    const command = new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: PAGE, NextToken: next });
    const { QueueUrls = [], NextToken } = await reach(what, client.send(command));
    for (const QueueUrl of QueueUrls) {
      try {
        await reach(what, client.send(new DeleteQueueCommand({ QueueUrl })));
      } catch (error) {
        // A queue is listed for a while after it was deleted.
        if (!isMissingQueue(error)) throw error;
      }
    }
    next = NextToken;
  } while (next !== undefined);
}
