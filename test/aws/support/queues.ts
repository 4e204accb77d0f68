import { DeleteQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll } from 'vitest';
import { newName, sqs } from './clients.ts';

/** Gives prefixes of queues that nobody else has, and deletes their queues when the file's tests are over. */
export function queuePrefixes(): () => string {
  const run = newName();
  let given = 0;
  afterAll(async () => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: run }));
    for (const QueueUrl of QueueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
  return () => {
    given += 1;
    return `${run}-${given}-`;
  };
}
