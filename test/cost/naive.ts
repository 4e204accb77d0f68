import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { awsClients } from '../../functions/wiring.ts';
import { formatDid } from '../../lib/domain/did.ts';
import { type Bill, Meter } from './meter.ts';
import type { Place } from './place.ts';

/** As many as AWS takes in one request. */
const WRITTEN_AT_ONCE = 25;
const SENT_AT_ONCE = 10;

/**
 * The usual design, as cheaply as it can be had: an item and a message for each file, in the largest batches there
 * are. A worker receives messages and marks each item as reserved, then marks it as done and deletes the message; what
 * it reports and what it asks for come in one call. Counting the project's end is not even in it.
 */
export async function runNaive(place: Place, files: number, filesPerCall: number): Promise<Bill> {
  const { dynamo, sqs } = awsClients(place.environment);
  const meter = new Meter();
  meter.watchDynamo(dynamo);
  meter.watchSqs(sqs);
  const run = `naive-${filesPerCall}`;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${place.prefix}${run}` }));
  meter.bill();
  await submit(place, dynamo, sqs, QueueUrl, run, files);
  for (let held: Message[] = [], left = files; left > 0; left -= held.length) {
    meter.called(held.length);
    await finish(place, dynamo, sqs, QueueUrl, run, held);
    held = await reserve(place, dynamo, sqs, QueueUrl, run, Math.min(filesPerCall, left));
    if (held.length === left) {
      meter.called(held.length);
      await finish(place, dynamo, sqs, QueueUrl, run, held);
    }
  }
  return meter.bill();
}

async function submit(
  { table, filesOf }: Place,
  dynamo: DynamoDBClient,
  sqs: SQSClient,
  QueueUrl: string,
  run: string,
  count: number,
): Promise<void> {
  const files = filesOf(count).map(({ replicas = [], size = 0, ...did }, n) => ({
    id: String(n),
    item: {
      ...keyOf(run, String(n)),
      did: { S: formatDid(did) },
      size: { N: String(size) },
      url: { S: replicas[0]?.url ?? '' },
      state: { S: 'ready' },
    },
  }));
  for (const batch of inBatches(files, WRITTEN_AT_ONCE)) {
    const requests = batch.map(({ item }): WriteRequest => ({ PutRequest: { Item: item } }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
  for (const batch of inBatches(files, SENT_AT_ONCE))
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: batch.map(({ id }) => ({ Id: id, MessageBody: id })),
      }),
    );
}

async function reserve(
  { table }: Place,
  dynamo: DynamoDBClient,
  sqs: SQSClient,
  QueueUrl: string,
  run: string,
  count: number,
): Promise<Message[]> {
  const held: Message[] = [];
  while (held.length < count) {
    const MaxNumberOfMessages = Math.min(SENT_AT_ONCE, count - held.length);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages }));
    held.push(...Messages);
  }
  for (const message of held) await mark(dynamo, table, run, message, 'ready', 'reserved');
  return held;
}

async function finish(
  { table }: Place,
  dynamo: DynamoDBClient,
  sqs: SQSClient,
  QueueUrl: string,
  run: string,
  held: readonly Message[],
): Promise<void> {
  for (const message of held) await mark(dynamo, table, run, message, 'reserved', 'done');
  for (const batch of inBatches(held, SENT_AT_ONCE)) {
    const Entries = batch.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

async function mark(
  dynamo: DynamoDBClient,
  table: string,
  run: string,
  { Body = '' }: Message,
  from: string,
  to: string,
): Promise<void> {
  await dynamo.send(
    new UpdateItemCommand({
      TableName: table,
      Key: keyOf(run, Body),
      UpdateExpression: 'SET #state = :to, heldBy = :worker, changedAt = :now',
      ConditionExpression: '#state = :from',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':from': { S: from },
        ':to': { S: to },
        ':worker': { S: 'node-1234' },
        ':now': { N: String(Date.now()) },
      },
    }),
  );
}

function keyOf(run: string, id: string) {
  return { partition: { S: `${run}/files` }, sort: { S: id } };
}

function* inBatches<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let first = 0; first < all.length; first += size) yield all.slice(first, first + size);
}
