import * as z from 'zod';
import { JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { PageLimit, queryNumber } from './query.ts';
import { TaskError } from './tasks.ts';
import { Timestamp, User } from './words.ts';

/** Requests and replies about what befell tasks, as it is told to those who submitted them. */

export const TaskEventName = z
  .enum(['started', 'completed', 'retrying', 'failed', 'cancelled'])
  .describe('`retrying`: the attempt failed, and another one follows');

export const TaskEvent = z
  .object({
    id: z.string().describe('The same however often it is told: `<task>.<number>.<event>`'),
    event: TaskEventName,
    task: z.string(),
    queue: z.string(),
    name: z.string(),
    attempt: z.int(),
    at: Timestamp.describe('Later than all events of the task before'),
    correlationId: z.string().optional(),
    worker: z.string().optional(),
    result: JsonObject.optional().describe('Of a task that is completed'),
    error: TaskError.optional(),
  })
  .describe('Something that befell a task');
export type TaskEvent = z.infer<typeof TaskEvent>;

const owner = User.optional().describe(
  'Whose queue it is: the caller when absent; another one only for admins',
);

export const ListReplies = z.strictObject({
  owner,
  limit: PageLimit,
  waitSeconds: queryNumber(z.number().nonnegative().max(LIMITS.waitSeconds))
    .default(0)
    .describe('How long to wait where there is none; a server may wait shorter'),
});
export type ListReplies = z.infer<typeof ListReplies>;

export const Replies = z.object({ replies: z.array(TaskEvent).describe('The oldest first') });
export type Replies = z.infer<typeof Replies>;

export const AckReplies = z.strictObject({
  owner,
  ids: z.array(z.string().min(1).max(LIMITS.textLength)).min(1).max(LIMITS.page),
});
export type AckReplies = z.infer<typeof AckReplies>;

export const AckedReplies = z.object({
  acknowledged: z.array(z.string()).describe('Those that were there, and are no longer'),
});
export type AckedReplies = z.infer<typeof AckedReplies>;
