import * as z from 'zod';

const count = z.int().default(0);

/** What a simulated AWS was asked for, and how often it said no. */
export const Metered = z.object({
  readUnits: count,
  writeUnits: count,
  conflicts: count.describe('Conditional writes that another write was faster than'),
  throttled: count.describe('Reads and writes that DynamoDB put off because of its limits'),
  sqsRequests: count,
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

/** Dollars for a unit of each, and for a GB-second of a function on ARM. */
const PRICES = { writeUnits: 0.625e-6, readUnits: 0.125e-6, sqsRequests: 0.4e-6, invocations: 0.2e-6 };
const GB_SECOND = 0.0000133334;
const MEMORY_GB = 0.25;

/** What it costs, in dollars. */
export function dollarsOf(meter: Meter): { dynamodb: number; sqs: number; lambda: number } {
  return {
    dynamodb: meter.writeUnits * PRICES.writeUnits + meter.readUnits * PRICES.readUnits,
    sqs: meter.sqsRequests * PRICES.sqsRequests,
    lambda: meter.invocations * PRICES.invocations + (meter.lambdaMillis / 1000) * MEMORY_GB * GB_SECOND,
  };
}
