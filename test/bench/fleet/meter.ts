import * as z from 'zod';
import { priceOf } from '../../../lib/domain/prices.ts';

const count = z.int().default(0);

/** What a simulated AWS was asked for, and how often it said no. */
export const Metered = z.object({
  readUnits: count,
  writeUnits: count,
  conflicts: count.describe('Conditional writes that another write was faster than'),
  throttled: count.describe('Reads and writes that DynamoDB put off because of its limits'),
  sqsRequests: count,
  s3Reads: count,
  s3Writes: count,
  invocations: count,
  refused: count.describe('Invocations that Lambda refused because so many were running'),
  lambdaMillis: count,
  waits: count.describe('Answers `wait`'),
  mostInFlight: count.describe('Most tickets in flight at once: received, or hidden since'),
  mostRunning: count.describe('Most invocations running at once'),
  mostInPartition: count.describe('Most write units of one partition in a second'),
  busiestPartition: z.string().default(''),
  mostInTable: count.describe('Most write units of the table in a second'),
});
export type Meter = z.infer<typeof Metered>;

export function newMeter(): Meter {
  return Metered.parse({});
}

const MEMORY_GB = 0.25;

/** What it costs, in dollars. */
export function dollarsOf(meter: Meter): { dynamodb: number; sqs: number; s3: number; lambda: number } {
  const { readUnits, writeUnits, sqsRequests, s3Reads, s3Writes, invocations, lambdaMillis } = meter;
  const lambdaGigabyteSeconds = (lambdaMillis / 1000) * MEMORY_GB;
  return {
    dynamodb: priceOf({ readUnits, writeUnits }),
    sqs: priceOf({ sqsRequests }),
    s3: priceOf({ s3Reads, s3Writes }),
    lambda: priceOf({ lambdaRequests: invocations, lambdaGigabyteSeconds }),
  };
}
