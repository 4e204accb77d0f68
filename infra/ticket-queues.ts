import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queueNameOf } from '../lib/aws/queue-name.ts';
import { deadLetterQueueOf, ticketQueuesOf } from '../lib/dispatch/tasks/queue-records.ts';

/** What all of them have: encrypted, reached by TLS only, kept as long as SQS keeps a message. */
const KEPT = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
  // Tickets are hints: what is lost with a queue, the sweep sends again.
  removalPolicy: RemovalPolicy.DESTROY,
};

/**
 * The queues of SQS that bear the tickets of a queue of tasks, under the names by which Sluice finds them, and the one
 * where messages end that a function could do nothing with.
 */
export class TicketQueues extends Construct {
  readonly queues: readonly Queue[];
  readonly deadLetterQueue: Queue;

  constructor(
    scope: Construct,
    id: string,
    {
      prefix,
      queue,
      visibilityTimeout,
      maxReceiveCount,
    }: {
      readonly prefix: string;
      readonly queue: string;
      readonly visibilityTimeout: Duration;
      readonly maxReceiveCount: number;
    },
  ) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'dead', {
      ...KEPT,
      queueName: queueNameOf(prefix, deadLetterQueueOf(queue)),
    });
    const deadLetterQueue = { queue: this.deadLetterQueue, maxReceiveCount };
    this.queues = ticketQueuesOf(queue).map(
      name =>
        new Queue(this, name, {
          ...KEPT,
          queueName: queueNameOf(prefix, name),
          visibilityTimeout,
          deadLetterQueue,
        }),
    );
  }
}
