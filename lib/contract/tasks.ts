import * as z from 'zod';
import { Attributes } from './attributes.ts';
import { JsonObject, jsonWithin } from './json.ts';
import { LIMITS } from './limits.ts';
import { PageLimit, queryInt } from './query.ts';
import { taskPolicy } from './queues.ts';
import { QueueName, RequestId, TaskId, TaskName, Timestamp, User, WorkerId } from './words.ts';
import { Repeated, WaitSeconds } from './work.ts';

/** Requests and replies about tasks: of those who submit them, and of the workers that run them. */

export const TaskState = z
  .enum(['scheduled', 'queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'])
  .describe('`scheduled` until its time comes; `cancelling` until its worker has ended');
export type TaskState = z.infer<typeof TaskState>;

export const TaskPriority = z.enum(['high', 'normal', 'low']);
export type TaskPriority = z.infer<typeof TaskPriority>;

const Text = z.string().min(1).max(LIMITS.textLength);

const TaskFiles = z
  .record(TaskName, z.string().min(1).max(LIMITS.urlLength))
  .refine(
    files => Object.keys(files).length <= LIMITS.taskFiles,
    `a task has at most ${LIMITS.taskFiles} of them`,
  );

export const SubmitTask = z
  .strictObject({
    name: TaskName.describe('What is to be done: workers choose the handler by it'),
    queue: QueueName.optional().describe('Absent: the queue that the name is bound to'),
    args: jsonWithin('arguments', LIMITS.jsonBytes).default({}),
    title: z.string().max(LIMITS.titleLength).default(''),
    type: TaskName.optional().describe('A kind of task, for people to sort by'),
    public: z
      .boolean()
      .default(false)
      .describe(
        'Every known caller may look at it; otherwise its owner, admins and the workers of its queue',
      ),
    meta: Attributes.default({}),
    owner: User.optional().describe('The caller when absent; only an admin may name another one'),
    priority: TaskPriority.default('normal'),
    startAt: Timestamp.optional().describe('Not to be begun before this time, ms since 1970'),
    delaySeconds: z.number().nonnegative().max(LIMITS.seconds).optional().describe('The same, from now on'),
    timeoutSeconds: taskPolicy.timeoutSeconds.optional(),
    maxAttempts: taskPolicy.maxAttempts.optional(),
    retryBackoffSeconds: taskPolicy.retryBackoffSeconds.optional(),
    retryBackoffMaxSeconds: taskPolicy.retryBackoffMaxSeconds.optional(),
    dedupKey: Text.optional().describe(
      'A further task of the queue with this key, within its window, is the same task',
    ),
    dedupSeconds: z.number().positive().max(LIMITS.dedupSeconds).default(86_400).describe('That window'),
    parent: TaskId.optional().describe('The task it is a part of: cancelled with it while it is not begun'),
    inputs: TaskFiles.default({}).describe(
      'URLs of files that the worker is given as local paths, by name; `sluice:TASK/NAME` is an output of a task that has succeeded',
    ),
    outputs: TaskFiles.default({}).describe(
      'Files that the worker makes, by name: `sluice:NAME` to keep one with the task, or a URL to PUT it to',
    ),
    replyTo: z
      .string()
      .min(1)
      .max(LIMITS.urlLength)
      .optional()
      .describe(
        'Where its events are sent: `sluice:NAME`, a queue of replies of its owner, or `webhook:NAME`',
      ),
    correlationId: Text.optional().describe('Given back with each event'),
  })
  .refine(({ startAt, delaySeconds }) => startAt === undefined || delaySeconds === undefined, {
    message: 'a task begins either at a time or after a delay: give one of them',
  })
  .describe('A new task. Of its settings those that are absent are those of its queue');
export type SubmitTask = z.infer<typeof SubmitTask>;

export const SubmitTasks = z
  .strictObject({ tasks: z.array(SubmitTask).min(1).max(LIMITS.submitTasks) })
  .describe('Many tasks at once; either all are refused, or those that have no fault are all made');
export type SubmitTasks = z.infer<typeof SubmitTasks>;

export const TaskProgress = z.strictObject({
  current: z.number().nonnegative(),
  total: z.number().nonnegative().optional(),
  message: z.string().max(LIMITS.textLength).optional(),
});
export type TaskProgress = z.infer<typeof TaskProgress>;

export const TaskError = z.strictObject({
  message: z.string().min(1).max(LIMITS.errorLength),
  stack: z.string().max(LIMITS.stackLength).optional(),
});
export type TaskError = z.infer<typeof TaskError>;

export const TaskEntry = z
  .object({ at: Timestamp, event: JsonObject })
  .describe('Something that its worker told');
export type TaskEntry = z.infer<typeof TaskEntry>;

const summary = {
  id: z.string(),
  queue: z.string(),
  name: z.string(),
  title: z.string(),
  type: z.string().optional(),
  public: z.boolean(),
  owner: z.string(),
  priority: TaskPriority,
  parent: z.string().optional(),
  state: TaskState,
  reason: z.string().describe('How it came into its state'),
  attempt: z.int().describe('The attempt it is in, or was in last; 0: none was begun'),
  maxAttempts: z.int().describe('No attempt follows this one, unless the task is retried'),
  startAt: Timestamp.optional().describe('When its next attempt may begin, while it is scheduled'),
  worker: z.string().optional().describe('Who holds it'),
  deadline: Timestamp.optional().describe('When it is taken from that worker unless it is heard of'),
  progress: TaskProgress.optional(),
  status: z.string().optional().describe('What its worker says it is doing'),
  createdAt: Timestamp,
  startedAt: Timestamp.optional().describe('When its last attempt began'),
  endedAt: Timestamp.optional(),
  changedAt: Timestamp,
};

export const TaskSummary = z
  .object({ ...summary, error: z.string().optional() })
  .describe('A task as it is listed, without what may be large');
export type TaskSummary = z.infer<typeof TaskSummary>;

export const TaskLog = z
  .object({
    bytes: z.int().describe('Of the whole log'),
    tail: z.string().describe(`Its newest lines, at most ${LIMITS.logTailBytes} bytes`),
  })
  .describe('The log of a task, as its document has it');
export type TaskLog = z.infer<typeof TaskLog>;

export const Task = z
  .object({
    ...summary,
    args: JsonObject,
    meta: JsonObject,
    timeoutSeconds: z.number().nullable(),
    dedupKey: z.string().optional(),
    inputs: z.record(z.string(), z.string()),
    outputs: z.record(z.string(), z.string()),
    replyTo: z.string().optional(),
    correlationId: z.string().optional(),
    lastEvent: TaskEntry.optional(),
    history: z.array(TaskEntry).describe('What its worker told, oldest first, as much as it keeps'),
    checkpoint: JsonObject.optional().describe('What a further attempt is given of those before'),
    result: JsonObject.optional(),
    error: TaskError.optional().describe('Of the last attempt that failed'),
    log: TaskLog.optional().describe('Where the task is shown by itself, and has a log'),
  })
  .describe('A task: one named job on a queue');
export type Task = z.infer<typeof Task>;

export const SubmittedTasks = z.object({ tasks: z.array(Task).describe('In the order given') });
export type SubmittedTasks = z.infer<typeof SubmittedTasks>;

export const ListTasks = z.strictObject({
  queue: QueueName.optional(),
  state: TaskState.optional(),
  parent: TaskId.optional().describe('Only the parts of this task'),
  after: TaskId.optional().describe('The `next` of the page before'),
  limit: PageLimit,
});
export type ListTasks = z.infer<typeof ListTasks>;
export const TaskPage = z.object({
  tasks: z
    .array(TaskSummary)
    .describe(
      'Of each queue the newest first; of a parent the oldest first. A page may have fewer than asked for',
    ),
  next: z.string().optional().describe('Where the next page begins; absent on the last'),
});
export type TaskPage = z.infer<typeof TaskPage>;

export const DeletedTask = z.object({ deleted: z.string() });
export type DeletedTask = z.infer<typeof DeletedTask>;

export const TaskToken = z.string().min(1).max(128).describe('The token of a reserved task');

export const ReserveTasks = z.strictObject({
  worker: WorkerId,
  queues: z.array(QueueName).min(1).max(LIMITS.lanes).describe("The first one's tasks come first"),
  count: z.int().positive().max(LIMITS.reserveTasks).default(1).describe('Most tasks to reserve'),
  names: z.array(TaskName).min(1).max(LIMITS.bindings).optional().describe('Only tasks of these names'),
  waitSeconds: WaitSeconds,
  requestId: RequestId.optional(),
  repeated: Repeated,
});
export type ReserveTasks = z.infer<typeof ReserveTasks>;

export const ReservedTask = z
  .object({
    token: z.string(),
    deadline: Timestamp,
    task: Task,
    isHeard: z
      .boolean()
      .optional()
      .describe('Somebody is told of it: an update, which may be empty, says that the attempt has begun'),
  })
  .describe('A task that a worker holds, until the deadline unless it is heard of');
export type ReservedTask = z.infer<typeof ReservedTask>;

export const ReserveTasksReply = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('reserved'), tasks: z.array(ReservedTask).min(1) }),
    z.object({ status: z.literal('wait'), retryAfterSeconds: z.number() }),
  ])
  .describe('Tasks, or come back later');
export type ReserveTasksReply = z.infer<typeof ReserveTasksReply>;

export const ReserveByTicket = z
  .strictObject({
    worker: WorkerId,
    queue: QueueName,
    number: z.int().positive().describe('As the ticket says'),
    generation: z.int().positive().describe('As the ticket says'),
    requestId: RequestId.optional(),
  })
  .describe(
    'A ticket that the queue gave to its worker itself, and that it deletes when the worker has ended',
  );
export type ReserveByTicket = z.infer<typeof ReserveByTicket>;

export const ReserveByTicketReply = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('reserved'), reservation: ReservedTask }),
    z
      .object({ status: z.literal('nothing') })
      .describe('Nothing is to be done by this ticket: if the task needs another one, it has it'),
    z
      .object({ status: z.literal('early') })
      .describe('What it names may be on its way: ask again in a moment, and give up after a few times'),
  ])
  .describe('The task of a ticket, or what to do without');
export type ReserveByTicketReply = z.infer<typeof ReserveByTicketReply>;

export const UpdateTask = z
  .strictObject({
    token: TaskToken,
    event: jsonWithin('events', LIMITS.eventBytes).optional().describe('Appended to the history'),
    maxlen: z
      .int()
      .nonnegative()
      .max(LIMITS.history)
      .default(100)
      .describe('How many events the history keeps, the newest; the last event is kept beside it'),
    progress: TaskProgress.optional(),
    status: z.string().max(LIMITS.textLength).optional(),
    checkpoint: jsonWithin('checkpoints', LIMITS.jsonBytes).optional(),
    requestId: RequestId.optional(),
  })
  .describe('What a worker tells of its task; it extends the lease as a heartbeat does');
export type UpdateTask = z.infer<typeof UpdateTask>;

export const UpdateTaskReply = z.object({
  deadline: Timestamp,
  cancelled: z.boolean().describe('The task is cancelled: stop, and end it'),
});
export type UpdateTaskReply = z.infer<typeof UpdateTaskReply>;

export const AppendLog = z
  .strictObject({
    token: TaskToken,
    text: z
      .string()
      .superRefine((text, context) => {
        const fault = logTextFault(text);
        if (fault) context.addIssue({ code: 'custom', message: fault });
      })
      .describe(`Whole lines, each with its end, of at most ${LIMITS.logPageBytes} bytes`),
    from: z
      .int()
      .nonnegative()
      .optional()
      .describe('Bytes of the lines of this process before these: of a repetition only what is new is kept'),
    process: RequestId.optional().describe(
      'Names the process that counts `from`: made anew by a worker that goes on with an attempt after a restart',
    ),
  })
  .describe('Appends lines to the log of a task. It does not extend the lease');
export type AppendLog = z.infer<typeof AppendLog>;

function logTextFault(text: string): string | undefined {
  if (!text.endsWith('\n')) return 'a log has whole lines: end the last one, too';
  const bytes = new TextEncoder().encode(text).length;
  return bytes > LIMITS.logPageBytes
    ? `lines have at most ${LIMITS.logPageBytes} bytes a call; these have ${bytes}`
    : undefined;
}

export const AppendLogReply = z.object({
  from: z.int().describe('What the next lines have as their `from`'),
  isFull: z.boolean().describe('No more is kept of this attempt'),
  cancelled: z.boolean().describe('The task is cancelled: stop, and end it'),
});
export type AppendLogReply = z.infer<typeof AppendLogReply>;

/** Bytes, in UTF-8. */
const LONGEST_CHARACTER = 4;

export const ReadLog = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,9}\.\d{1,9}$/, 'it is the `next` of the page before')
    .default('0.0')
    .describe('The `next` of the page before'),
  limit: queryInt(z.int().min(LONGEST_CHARACTER).max(LIMITS.logPageBytes))
    .default(LIMITS.logPageBytes)
    .describe('Most bytes of a page'),
});
export type ReadLog = z.infer<typeof ReadLog>;

export const LogPage = z.object({
  text: z.string().describe('Lines, each with its end'),
  next: z.string().describe('Where the next page begins, also when there is none yet'),
  more: z.boolean().describe('There are more lines now'),
  ended: z.boolean().describe('The task has ended: with `more` false, this is the end of its log'),
});
export type LogPage = z.infer<typeof LogPage>;

const ended = { token: TaskToken };
export const EndTask = z
  .discriminatedUnion(
    'outcome',
    [
      z.strictObject({
        ...ended,
        outcome: z.literal('succeeded'),
        result: jsonWithin('results', LIMITS.jsonBytes).optional(),
      }),
      z.strictObject({
        ...ended,
        outcome: z.literal('failed'),
        error: TaskError,
        retry: z.boolean().default(true).describe('Whether another attempt may succeed'),
        begun: z
          .boolean()
          .default(true)
          .describe('False: it was refused, such as for its arguments, and nobody is told that it started'),
      }),
      z.strictObject({ ...ended, outcome: z.literal('released') }),
      z.strictObject({ ...ended, outcome: z.literal('cancelled') }),
    ],
    { error: 'it is succeeded, failed, released or cancelled' },
  )
  .describe(
    'Ends an attempt. `released`: given back, the attempt does not count; `cancelled`: stopped as told',
  );
export type EndTask = z.infer<typeof EndTask>;

export const EndTaskReply = z.object({
  state: TaskState,
  repeated: z.boolean().describe('It was said and counted before; nothing changed'),
});
export type EndTaskReply = z.infer<typeof EndTaskReply>;

export const HeartbeatTasks = z
  .strictObject({ tokens: z.array(TaskToken).min(1).max(LIMITS.reserveTasks) })
  .describe('Extends the leases of tasks');
export type HeartbeatTasks = z.infer<typeof HeartbeatTasks>;
export const HeartbeatTasksReply = z.object({
  kept: z.array(z.object({ token: z.string(), deadline: Timestamp })).describe('Still held, and until when'),
  cancelled: z.array(z.string()).describe('Those kept that are cancelled: stop, and end them'),
  lost: z.array(z.string()).describe('No longer held: stop working on them'),
});
export type HeartbeatTasksReply = z.infer<typeof HeartbeatTasksReply>;

export const HeldTasks = z.strictObject({ worker: WorkerId, queue: QueueName.optional() });
export type HeldTasks = z.infer<typeof HeldTasks>;
export const HeldTasksReply = z.object({ tasks: z.array(ReservedTask) });
export type HeldTasksReply = z.infer<typeof HeldTasksReply>;

export const TaskFilesRequest = z.strictObject({ token: TaskToken });
export type TaskFilesRequest = z.infer<typeof TaskFilesRequest>;

const Urls = z.record(z.string(), z.string());

export const TaskFileUrls = z
  .object({
    inputs: Urls.describe('URLs to GET, by name'),
    outputs: Urls.describe('URLs to PUT to, by name'),
  })
  .describe(
    'Where the files of a reserved task are, for as long as its lease and a while; ask again for fresh URLs',
  );
export type TaskFileUrls = z.infer<typeof TaskFileUrls>;

export const TaskOutputs = z.object({
  outputs: Urls.describe('URLs to GET, by name; none before the task has succeeded'),
});
export type TaskOutputs = z.infer<typeof TaskOutputs>;
