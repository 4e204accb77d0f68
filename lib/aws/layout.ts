import type { Layout } from '../dispatch/home.ts';
import { AWS_BLOCKS } from '../domain/cost.ts';

/** The numbers that suit AWS. */
export const AWS_LAYOUT: Layout = {
  name: 'aws',
  signIn:
    'IAM does not say who calls: the request must be signed with AWS credentials, and the function URL ask for it (AWS_IAM)',
  // A block takes one write after the other, so this many workers never wait for each other.
  ways: AWS_BLOCKS.ways,
  pagesIn: 'files',
  maxSlots: AWS_BLOCKS.slots,
  maxLeases: 26,
  // One write unit.
  blockBytes: AWS_BLOCKS.bytes,
  // A process that ends leaves holes of so many numbers, and saves so many writes of the counter.
  taskNumbers: 16,
  // Another ticket costs as much as another call, and its block is written once more.
  contentShare: 0.5,
  // Who takes so many is busy with them for longer than the ticket is hidden; putting it back is a request.
  ticketRestsFrom: 32,
  projectCacheMillis: 10_000,
  // Some milliseconds each: so many make a thousand and more in a second, as much as one partition takes.
  requestsAtOnce: 16,
  // S3 takes thousands a second of one prefix; these keep a function busy.
  pagesAtOnce: 4,
  retryAfterSeconds: 10,
  waitsPerMinute: 60,
};
