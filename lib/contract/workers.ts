import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { PageLimit } from './query.ts';
import { QueueName, Timestamp, WorkerId } from './words.ts';

/** Requests and replies about the workers of queues: what they are, and whether they are heard of. */

/** What a worker says of itself, when it starts and about once a minute. */
export const WorkerSpecs = z
  .strictObject({
    worker: WorkerId,
    queues: z.array(QueueName).min(1).max(LIMITS.lanes).describe('Whose tasks it takes'),
    concurrency: z.int().positive().describe('Tasks that it runs at once'),
    host: z.string().max(LIMITS.textLength),
    pid: z.int().nonnegative(),
    version: z.string().max(LIMITS.wordLength).optional().describe('Of its program'),
    cpus: z.int().positive(),
    memoryBytes: z.int().nonnegative(),
    startedAt: Timestamp,
  })
  .describe('What a worker is');
export type WorkerSpecs = z.infer<typeof WorkerSpecs>;

export const RegisteredWorker = z.object({
  againAfterSeconds: z.number().describe('When it is to say so again; it counts as silent some time later'),
});
export type RegisteredWorker = z.infer<typeof RegisteredWorker>;

export const ShownWorker = z
  .object({
    ...WorkerSpecs.shape,
    user: z.string().describe('As whom it calls'),
    seenAt: Timestamp,
    state: z.enum(['active', 'silent']).describe('`silent`: it has not been heard of for three minutes'),
  })
  .describe('A worker of queues');
export type ShownWorker = z.infer<typeof ShownWorker>;

export const ListWorkers = z.strictObject({
  queue: QueueName.optional(),
  after: z.string().max(LIMITS.textLength).optional().describe('The `next` of the page before'),
  limit: PageLimit,
});
export type ListWorkers = z.infer<typeof ListWorkers>;

export const WorkerPage = z.object({
  workers: z
    .array(ShownWorker)
    .describe('In no order that means anything. A page may have fewer than asked for'),
  next: z.string().optional().describe('Where the next page begins; absent on the last'),
});
export type WorkerPage = z.infer<typeof WorkerPage>;
