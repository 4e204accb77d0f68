import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoStore } from '../../../lib/aws/dynamo-store.ts';
import { AWS_LAYOUT } from '../../../lib/aws/layout.ts';
import { sqsTickets } from '../../../lib/aws/sqs-tickets.ts';
import type { Home } from '../../../lib/dispatch/home.ts';
import { systemClock } from '../../../lib/embedded/system-clock.ts';

interface Place {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly table: string;
  readonly prefix: string;
}

/** The home on AWS with a table and queues, but no bucket: what a project's work needs. */
export function emulatedHome({ dynamo, sqs, table, prefix }: Place): Omit<Home, 'files'> {
  return {
    store: dynamoStore({ client: dynamo, table, clock: systemClock }),
    tickets: sqsTickets({ client: sqs, prefix, clock: systemClock }),
    clock: systemClock,
    startJob: async () => {},
    newId: () => crypto.randomUUID().slice(0, 8),
    random: Math.random,
    layout: AWS_LAYOUT,
    version: 'scale',
    warn: (message, error) => console.error(message, error),
  };
}
