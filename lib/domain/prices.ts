/**
 * What AWS takes, in dollars a million of what each member names, in us-east-1 and on demand, without free tiers. All
 * figures of cost rest on this table alone. Source: the price pages of DynamoDB, SQS, S3 and Lambda, 2026.
 */
export const PRICES = {
  /** A write of a kilobyte. */
  writeUnits: 0.625,
  /** A strongly consistent read of four kilobytes. */
  readUnits: 0.125,
  /** A request to SQS, of up to ten messages and 64 KB. */
  sqsRequests: 0.4,
  /** PUT and LIST; DELETE is free. */
  s3Writes: 5,
  /** GET and HEAD. */
  s3Reads: 0.4,
  /** A function's run; its URL is free. */
  lambdaRequests: 0.2,
  /** A gigabyte of a function's memory for a second, on ARM. */
  lambdaGigabyteSeconds: 13.3334,
} as const;

/** Of what AWS takes money for, how much. */
export type Usage = Partial<Record<keyof typeof PRICES, number>>;

const NAMES: readonly (keyof Usage)[] = [
  ...(['writeUnits', 'readUnits', 'sqsRequests'] as const),
  ...(['s3Writes', 's3Reads', 'lambdaRequests', 'lambdaGigabyteSeconds'] as const),
];

/** What a usage costs, in dollars. */
export function priceOf(usage: Usage): number {
  return NAMES.reduce((dollars, name) => dollars + ((usage[name] ?? 0) * PRICES[name]) / 1e6, 0);
}

/** One usage and, `times` over, another. */
export function plus(one: Usage, other: Usage, times = 1): Usage {
  const sums = NAMES.map(name => [name, (one[name] ?? 0) + times * (other[name] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== 0));
}

/** The memory of the functions that answer workers, in gigabytes. */
const FUNCTION_GIGABYTES = 0.25;
/**
 * What a function of that size is billed, in milliseconds: for a call 10 of waiting for AWS and 2 of a core, for a file
 * 0.06 of a core, of which it has a seventh.
 */
const CALL_MILLIS = 25;
const FILE_MILLIS = 0.4;

/** One call of a function that hands out or takes back so many files. */
export function callUsage(files: number): Usage {
  const seconds = (CALL_MILLIS + FILE_MILLIS * files) / 1000;
  return { lambdaRequests: 1, lambdaGigabyteSeconds: FUNCTION_GIGABYTES * seconds };
}
