import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { callUsage, plus, type Usage } from '../../lib/domain/prices.ts';

/** What a run took for one purpose. */
export interface Taken {
  readonly requests: number;
  readonly usage: Usage;
}

/** By purpose: the operation, and the kind of item or object that it was about. */
export type Bill = ReadonlyMap<string, Taken>;

const Partition = z.object({ partition: z.object({ S: z.string() }) });

/** What the meter reads of a request: which item or object it is about. */
const Input = z.object({
  Key: z.union([z.string(), Partition]).optional(),
  Item: Partition.optional(),
  ExpressionAttributeValues: z
    .object({ ':partition': z.object({ S: z.string() }) })
    .partial()
    .optional(),
});

/** What it reads of an answer. */
const Capacity = z.object({ CapacityUnits: z.number() });
const Output = z.object({
  ConsumedCapacity: z.union([Capacity, z.array(Capacity)]),
  $metadata: z.object({ attempts: z.number() }),
});

const READS = ['GetItem', 'Query'];
const S3_WRITES = ['PutObject', 'ListObjectsV2'];
const S3_FREE = ['DeleteObject', 'DeleteObjects'];

/** Counts what AWS would be paid for: it comes between clients and their requests. */
export class Meter {
  #bill = new Map<string, Taken>();

  /** Each request is made to tell what it consumed; one that fails, or is made twice, spoils the measurement. */
  watchDynamo(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const name = operationOf(commandName);
          const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
          const { ConsumedCapacity, $metadata } = Output.parse(answer.output);
          if ($metadata.attempts > 1) throw new Error(`${name} was tried ${$metadata.attempts} times`);
          const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
          this.#count(`DynamoDB ${name} ${kindOf(args.input)}`, {
            [READS.includes(name) ? 'readUnits' : 'writeUnits']: units,
          });
          return answer;
        },
      { step: 'initialize' },
    );
  }

  watchSqs(client: SQSClient): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        args => {
          this.#count(`SQS ${operationOf(commandName)}`, { sqsRequests: 1 });
          return next(args);
        },
      { step: 'initialize' },
    );
  }

  watchS3(client: S3Client): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        args => {
          const name = operationOf(commandName);
          const price = S3_WRITES.includes(name) ? 's3Writes' : 's3Reads';
          this.#count(`S3 ${name} ${kindOf(args.input)}`, S3_FREE.includes(name) ? {} : { [price]: 1 });
          return next(args);
        },
      { step: 'initialize' },
    );
  }

  /** A function was called about so many files. */
  called(files: number): void {
    this.#count('Lambda', callUsage(files));
  }

  /** What was counted since the bill before. */
  bill(): Bill {
    const bill = this.#bill;
    this.#bill = new Map();
    return bill;
  }

  #count(purpose: string, usage: Usage): void {
    const { requests, usage: before } = this.#bill.get(purpose) ?? { requests: 0, usage: {} };
    this.#bill.set(purpose, { requests: requests + 1, usage: plus(before, usage) });
  }
}

function operationOf(command = ''): string {
  return command.replace(/Command$/, '');
}

/** The kind of an item or object, by its key without the numbers: `p7/blocks/3` is of `blocks`. */
function kindOf(input: object): string {
  const { Key, Item, ExpressionAttributeValues } = Input.parse(input);
  const key = typeof Key === 'string' ? Key : (Key ?? Item)?.partition.S;
  const partition = key ?? ExpressionAttributeValues?.[':partition']?.S ?? '';
  return partition.replace(/^p?\d+\/|\/?\d[\d-]*/g, '').replace(/\/$/, '');
}
