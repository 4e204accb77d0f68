import * as z from 'zod';
import { JsonObject, jsonWithin } from './json.ts';
import { LIMITS } from './limits.ts';
import { ConfigName, QueueName, Role, Seconds, TaskId, TaskName, Timestamp, User } from './words.ts';

/** Requests and replies about queues of tasks, and about configurations for workers. */

/** The rules of a task's attempts; a task may bring its own. */
export const taskPolicy = {
  timeoutSeconds: Seconds.nullable().describe('Longest time of one attempt; null: unlimited'),
  maxAttempts: z.int().positive().max(LIMITS.taskAttempts).describe('Attempts that a task is given'),
  retryBackoffSeconds: z
    .number()
    .nonnegative()
    .max(LIMITS.seconds)
    .describe("Wait before a failed task's second attempt, doubled for each further one"),
  retryBackoffMaxSeconds: z.number().nonnegative().max(LIMITS.seconds).describe('Longest such wait'),
};

export const QueueSettings = z
  .strictObject({
    title: z.string().max(LIMITS.titleLength).default(''),
    leaseSeconds: Seconds.default(300).describe('How long a worker may hold a task without a word'),
    timeoutSeconds: taskPolicy.timeoutSeconds.default(null),
    maxAttempts: taskPolicy.maxAttempts.default(3),
    retryBackoffSeconds: taskPolicy.retryBackoffSeconds.default(1),
    retryBackoffMaxSeconds: taskPolicy.retryBackoffMaxSeconds.default(300),
    cancelGraceSeconds: Seconds.default(60).describe('How long a worker has to end a task that is cancelled'),
    startWithinSeconds: Seconds.default(14 * 86_400).describe('A task that nobody begins in this time fails'),
    retentionSeconds: Seconds.default(30 * 86_400).describe('How long a task is kept once it has ended'),
    concurrency: z
      .int()
      .positive()
      .max(LIMITS.concurrency)
      .nullable()
      .default(null)
      .describe('Most tasks that run at once; null: unlimited'),
    users: z.array(User).max(LIMITS.members).default([]).describe('Whose workers may reserve its tasks'),
    roles: z
      .array(Role)
      .max(LIMITS.members)
      .default([])
      .describe('Whose bearers may have workers reserve its tasks'),
    bindings: z
      .array(TaskName)
      .max(LIMITS.bindings)
      .default([])
      .describe('Names of tasks that come here when they are submitted without a queue'),
  })
  .describe('What a queue is to be; what is absent has its default');
export type QueueSettings = z.infer<typeof QueueSettings>;

export const TaskCounts = z
  .strictObject({
    ...{ scheduled: z.int(), queued: z.int(), running: z.int(), cancelling: z.int() },
    ...{ succeeded: z.int(), failed: z.int(), cancelled: z.int() },
  })
  .describe('Tasks that are kept, by state');
export type TaskCounts = z.infer<typeof TaskCounts>;

const queueFacts = {
  name: QueueName,
  ...QueueSettings.shape,
  paused: z.boolean().describe('No task of it is handed out'),
  createdAt: Timestamp,
};

export const Queue = z.object(queueFacts).describe('A queue of tasks');
export type Queue = z.infer<typeof Queue>;

export const ShownQueue = z.object({ ...queueFacts, counts: TaskCounts });
export type ShownQueue = z.infer<typeof ShownQueue>;

export const QueueList = z.object({ queues: z.array(Queue) });
export type QueueList = z.infer<typeof QueueList>;

export const DeletedQueue = z.object({ deleted: z.string() });
export type DeletedQueue = z.infer<typeof DeletedQueue>;

export const RedriveQueue = z.strictObject({
  after: TaskId.optional().describe('The `next` of the call before'),
});
export type RedriveQueue = z.infer<typeof RedriveQueue>;

export const RedrivenQueue = z
  .object({
    retried: z.array(z.string()).describe('The tasks that are queued again, oldest first'),
    next: z.string().optional().describe('Where to go on; absent when all were seen'),
    deadLetters: z
      .object({
        returned: z.int().describe('Tickets that were sent again, for their tasks still wait'),
        over: z.int().describe('Tickets that were removed, for their tasks have ended'),
        strange: z.array(z.string()).describe('What is no ticket: it was left where it is'),
      })
      .optional()
      .describe('What was in the dead-letter queue; on AWS only, and with the first call'),
  })
  .describe('What became of tasks that failed');
export type RedrivenQueue = z.infer<typeof RedrivenQueue>;

export const NamedConfig = z
  .strictObject({ value: jsonWithin('configurations', LIMITS.jsonBytes) })
  .describe('What workers are told under a name; every known caller can read it, so it holds no secrets');
export type NamedConfig = z.infer<typeof NamedConfig>;
export const ShownConfig = z.object({ name: z.string(), value: JsonObject });
export type ShownConfig = z.infer<typeof ShownConfig>;

/** What a server is told at its start: a file of queues, bindings and configurations. */
export const Configuration = z
  .strictObject({
    queues: z.record(QueueName, QueueSettings).default({}),
    bindings: z.record(TaskName, QueueName).default({}).describe('Task name, then the queue it goes to'),
    configs: z.record(ConfigName, NamedConfig.shape.value).default({}),
  })
  .superRefine(({ queues, bindings }, context) => {
    for (const [name, queue] of Object.entries(bindings))
      if (!Object.hasOwn(queues, queue))
        context.addIssue({
          code: 'custom',
          path: ['bindings', name],
          message: `there is no queue ${queue} in this file`,
        });
    const bound = new Map<string, string>(Object.entries(bindings));
    for (const [queue, settings] of Object.entries(queues))
      for (const name of settings.bindings) {
        const other = bound.get(name);
        if (other !== undefined && other !== queue)
          context.addIssue({
            code: 'custom',
            path: ['queues', queue, 'bindings'],
            message: `${name} is bound to ${other} already`,
          });
        bound.set(name, queue);
      }
  });
export type Configuration = z.infer<typeof Configuration>;
/** The same before it is checked: what is absent has its default. */
export type ConfigurationInput = z.input<typeof Configuration>;
