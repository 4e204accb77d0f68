import * as z from 'zod';
import { namesIn, PATH_NAMES, type PathNames } from './path.ts';
import type { ProblemCode } from './problems.ts';
import {
  CopyProject,
  CreatedProject,
  CreateProject,
  DeletedProject,
  FilePage,
  ListFiles,
  ListProjects,
  Project,
  ProjectCost,
  ProjectFile,
  ProjectPage,
  RestartedProject,
  RestartProject,
  SetReplica,
  ShowCost,
  ShowFile,
  ShownFile,
  Upload,
} from './projects.ts';
import {
  DeletedQueue,
  NamedConfig,
  Queue,
  QueueList,
  QueueSettings,
  RedrivenQueue,
  RedriveQueue,
  ShownConfig,
  ShownQueue,
} from './queues.ts';
import { AckedReplies, AckReplies, ListReplies, Replies } from './replies.ts';
import { Sites } from './sites.ts';
import {
  AppendLog,
  AppendLogReply,
  DeletedTask,
  EndTask,
  EndTaskReply,
  HeartbeatTasks,
  HeartbeatTasksReply,
  HeldTasks,
  HeldTasksReply,
  ListTasks,
  LogPage,
  ReadLog,
  ReserveByTicket,
  ReserveByTicketReply,
  ReserveTasks,
  ReserveTasksReply,
  SubmitTask,
  SubmitTasks,
  SubmittedTasks,
  Task,
  TaskFilesRequest,
  TaskFileUrls,
  TaskOutputs,
  TaskPage,
  UpdateTask,
  UpdateTaskReply,
} from './tasks.ts';
import { DeclaredWebhook, DeletedWebhook, WebhookList, WebhookSettings } from './webhooks.ts';
import { Move } from './words.ts';
import {
  Advance,
  AdvanceReply,
  Done,
  Failed,
  Heartbeat,
  HeartbeatReply,
  Held,
  HeldReply,
  OutputRequest,
  RefusalCode,
  Release,
  ReportReply,
  Reserve,
  ReserveReply,
} from './work.ts';
import { ListWorkers, RegisteredWorker, WorkerPage, WorkerSpecs } from './workers.ts';

/** One verb of the API. `{project}` in the path is the project's id; so with other names. */
export interface Route<
  P extends string = string,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: P;
  /** The body of POST and PUT, the query of GET and DELETE. */
  readonly input: I;
  readonly reply: O;
  readonly status: 200 | 201 | 202;
  readonly summary: string;
  /** How it can be refused, besides what can happen to any request of its kind. */
  readonly problems: readonly ProblemCode[];
  /** It is answered to anybody, without a token. */
  readonly isOpen: boolean;
}

type RouteExtras = Partial<Pick<Route, 'status' | 'problems' | 'isOpen'>>;

const route = <P extends string, I extends z.ZodType, O extends z.ZodType>(
  method: Route['method'],
  path: P,
  input: I,
  reply: O,
  summary: string,
  { status = 200, problems = [], isOpen = false }: RouteExtras = {},
): Route<P, I, O> => ({ method, path, input, reply, summary, status, problems, isOpen });

const Nothing: z.ZodType<unknown, unknown> = z.strictObject({});

/** Health says which server answers. */
export const Health = z.object({ name: z.literal('sluice'), version: z.string(), home: z.string() });

/** The description of this API, in OpenAPI 3.1. */
export const OpenApi = z.looseObject({ openapi: z.string() });

const project = '/v1/projects/{project}';

const queue = '/v1/queues/{queue}';
const task = '/v1/tasks/{task}';

const SUBMIT_PROBLEMS: readonly ProblemCode[] = [
  'task_unknown',
  'forbidden',
  'queue_unknown',
  'wrong_state',
  'task_too_large',
];
const HELD_PROBLEMS: readonly ProblemCode[] = [
  ...(['forbidden', 'token_unknown', 'lease_expired', 'already_settled', 'overtaken'] as const),
];
const HOLDER_PROBLEMS: readonly ProblemCode[] = [...HELD_PROBLEMS, 'task_too_large'];

const REPORT_PROBLEMS: readonly ProblemCode[] = ['project_inactive', ...RefusalCode.options];

/** Every verb of the API, by name. */
export const routes = {
  health: route('GET', '/v1/health', Nothing, Health, 'Says that the server is there, and its version'),

  openapi: route('GET', '/v1/openapi.json', Nothing, OpenApi, 'Describes this API, in OpenAPI 3.1', {
    isOpen: true,
  }),

  createProject: route('POST', '/v1/projects', CreateProject, CreatedProject, 'Creates a project', {
    status: 201,
    problems: ['forbidden'],
  }),
  listProjects: route(
    'GET',
    '/v1/projects',
    ListProjects,
    ProjectPage,
    'Lists the projects the caller may see',
  ),
  showProject: route('GET', project, Nothing, Project, 'Shows a project with its counts'),
  projectCost: route(
    'GET',
    `${project}/cost`,
    ShowCost,
    ProjectCost,
    'Says what a project will cost on AWS, and about what it has cost',
  ),
  uploadManifest: route(
    'POST',
    `${project}/upload`,
    Nothing,
    Upload,
    'Says where to PUT the manifest of a loading project',
    { problems: ['wrong_state'] },
  ),
  loadProject: route('POST', `${project}/load`, Nothing, Project, 'Loads the uploaded manifest', {
    status: 202,
    problems: ['wrong_state'],
  }),
  activateProject: route(
    'POST',
    `${project}/activate`,
    Move,
    Project,
    'Makes a cancelled or abandoned project active again',
    { problems: ['wrong_state'] },
  ),
  cancelProject: route('POST', `${project}/cancel`, Move, Project, 'Stops handing out files', {
    problems: ['wrong_state'],
  }),
  restartProject: route(
    'POST',
    `${project}/restart`,
    RestartProject,
    RestartedProject,
    'Makes files ready again',
    { problems: ['wrong_state', 'file_unknown'] },
  ),
  copyProject: route('POST', `${project}/copy`, CopyProject, Project, 'Creates a project of the same files', {
    status: 202,
    problems: ['wrong_state'],
  }),
  deleteProject: route(
    'DELETE',
    project,
    Nothing,
    DeletedProject,
    'Deletes a project and all that is kept of it',
  ),
  listFiles: route('GET', `${project}/files`, ListFiles, FilePage, 'Lists files with their states', {
    problems: ['body_too_large'],
  }),
  showFile: route('GET', `${project}/file`, ShowFile, ShownFile, 'Shows one file', {
    problems: ['file_unknown'],
  }),
  setReplica: route(
    'POST',
    `${project}/replica`,
    SetReplica,
    ProjectFile,
    'Marks a copy of a file as available or not',
    { problems: ['file_unknown'] },
  ),

  reserve: route('POST', `${project}/reserve`, Reserve, ReserveReply, 'Reserves files for a worker', {
    problems: ['project_inactive'],
  }),
  done: route('POST', `${project}/done`, Done, ReportReply, 'Reports files as done', {
    problems: REPORT_PROBLEMS,
  }),
  failed: route(
    'POST',
    `${project}/failed`,
    Failed,
    ReportReply,
    'Reports files as failed, to be tried again or not',
    { problems: REPORT_PROBLEMS },
  ),
  release: route('POST', `${project}/release`, Release, ReportReply, 'Gives back files that were not begun', {
    problems: REPORT_PROBLEMS,
  }),
  advance: route('POST', `${project}/advance`, Advance, AdvanceReply, 'Reports files and reserves more', {
    problems: ['project_inactive'],
  }),
  heartbeat: route('POST', `${project}/heartbeat`, Heartbeat, HeartbeatReply, 'Extends leases'),
  held: route('GET', `${project}/held`, Held, HeldReply, 'Lists the files a worker holds'),
  output: route('POST', `${project}/output`, OutputRequest, Upload, "Says where to PUT an attempt's output", {
    problems: ['token_unknown', 'overtaken'],
  }),

  submitTask: route('POST', '/v1/tasks', SubmitTask, Task, 'Submits a task', {
    status: 201,
    problems: SUBMIT_PROBLEMS,
  }),
  submitTasks: route('POST', '/v1/tasks/batch', SubmitTasks, SubmittedTasks, 'Submits many tasks', {
    status: 201,
    problems: SUBMIT_PROBLEMS,
  }),
  listTasks: route('GET', '/v1/tasks', ListTasks, TaskPage, 'Lists the tasks the caller may see', {
    problems: ['queue_unknown', 'task_unknown'],
  }),
  showTask: route('GET', task, Nothing, Task, 'Shows a task'),
  cancelTask: route(
    'POST',
    `${task}/cancel`,
    Move,
    Task,
    'Cancels a task, and those of its parts that are not begun',
    { problems: ['wrong_state'] },
  ),
  retryTask: route('POST', `${task}/retry`, Move, Task, 'Queues a failed or cancelled task again', {
    problems: ['wrong_state'],
  }),
  deleteTask: route('DELETE', task, Nothing, DeletedTask, 'Deletes a task that has ended', {
    problems: ['wrong_state'],
  }),
  reserveTasks: route(
    'POST',
    '/v1/tasks/reserve',
    ReserveTasks,
    ReserveTasksReply,
    'Reserves tasks for a worker',
    { problems: ['forbidden', 'queue_unknown'] },
  ),
  reserveByTicket: route(
    'POST',
    '/v1/tasks/reserve-by-ticket',
    ReserveByTicket,
    ReserveByTicketReply,
    'Reserves the task that a ticket names, which the queue gave to a function',
    { problems: ['forbidden', 'queue_unknown'] },
  ),
  updateTask: route('POST', '/v1/tasks/update', UpdateTask, UpdateTaskReply, 'Tells of a task that is run', {
    problems: HOLDER_PROBLEMS,
  }),
  appendLog: route('POST', '/v1/tasks/log', AppendLog, AppendLogReply, 'Appends lines to the log of a task', {
    problems: HELD_PROBLEMS,
  }),
  readLog: route('GET', `${task}/log`, ReadLog, LogPage, 'Reads the log of a task, page by page'),
  endTask: route('POST', '/v1/tasks/end', EndTask, EndTaskReply, 'Ends an attempt of a task', {
    problems: [...HOLDER_PROBLEMS, 'wrong_state'],
  }),
  heartbeatTasks: route(
    'POST',
    '/v1/tasks/heartbeat',
    HeartbeatTasks,
    HeartbeatTasksReply,
    'Extends the leases of tasks',
  ),
  heldTasks: route('GET', '/v1/tasks/held', HeldTasks, HeldTasksReply, 'Lists the tasks a worker holds', {
    problems: ['forbidden', 'queue_unknown'],
  }),
  taskFiles: route(
    'POST',
    '/v1/tasks/files',
    TaskFilesRequest,
    TaskFileUrls,
    'Says where to GET the inputs of a reserved task, and where to PUT its outputs',
    { problems: [...HELD_PROBLEMS, 'task_unknown', 'wrong_state'] },
  ),
  taskOutputs: route(
    'GET',
    `${task}/outputs`,
    Nothing,
    TaskOutputs,
    'Says where to GET the outputs of a task that has succeeded',
  ),

  listReplies: route('GET', '/v1/replies/{replies}', ListReplies, Replies, 'Lists what befell tasks', {
    problems: ['forbidden'],
  }),
  ackReplies: route(
    'POST',
    '/v1/replies/{replies}/ack',
    AckReplies,
    AckedReplies,
    'Takes replies off their queue',
    { problems: ['forbidden'] },
  ),

  registerWorker: route(
    'POST',
    '/v1/workers',
    WorkerSpecs,
    RegisteredWorker,
    'Says what a worker of queues is, and that it is there',
    { problems: ['forbidden', 'queue_unknown'] },
  ),
  listWorkers: route('GET', '/v1/workers', ListWorkers, WorkerPage, 'Lists the workers of queues'),

  listQueues: route('GET', '/v1/queues', Nothing, QueueList, 'Lists the queues'),
  showQueue: route('GET', queue, Nothing, ShownQueue, 'Shows a queue with its counts'),
  putQueue: route('PUT', queue, QueueSettings, Queue, 'Makes a queue, or changes its settings', {
    problems: ['wrong_state'],
  }),
  deleteQueue: route(
    'DELETE',
    queue,
    Nothing,
    DeletedQueue,
    'Deletes a queue whose tasks have all ended, and all that is kept of them',
    { problems: ['wrong_state', 'busy'] },
  ),
  redriveQueue: route(
    'POST',
    `${queue}/redrive`,
    RedriveQueue,
    RedrivenQueue,
    'Queues tasks again that failed for good, and sees to what is in the dead-letter queue',
  ),
  pauseQueue: route('POST', `${queue}/pause`, Nothing, Queue, 'Stops handing out tasks of a queue'),
  resumeQueue: route('POST', `${queue}/resume`, Nothing, Queue, 'Hands out tasks of a queue again'),
  getConfig: route('GET', '/v1/configs/{config}', Nothing, ShownConfig, 'Shows a configuration for workers'),
  putConfig: route(
    'PUT',
    '/v1/configs/{config}',
    NamedConfig,
    ShownConfig,
    'Replaces a configuration for workers',
  ),

  listWebhooks: route('GET', '/v1/webhooks', Nothing, WebhookList, 'Lists the webhooks', {
    problems: ['forbidden'],
  }),
  putWebhook: route(
    'PUT',
    '/v1/webhooks/{webhook}',
    WebhookSettings,
    DeclaredWebhook,
    'Makes a webhook, or changes where it is',
    { problems: ['wrong_state'] },
  ),
  deleteWebhook: route(
    'DELETE',
    '/v1/webhooks/{webhook}',
    Nothing,
    DeletedWebhook,
    'Deletes a webhook, and what waits for it',
  ),

  getSites: route('GET', '/v1/sites', Nothing, Sites, 'Shows how near sites are to each other'),
  putSites: route('PUT', '/v1/sites', Sites, Sites, 'Replaces the table of sites', {
    problems: ['forbidden'],
  }),
} as const;

export type RouteName = keyof typeof routes;

/** Every way in which a verb can be refused. */
export function problemsOf({ method, path, problems, isOpen }: Route): ReadonlySet<ProblemCode> {
  const hasBody = method === 'POST' || method === 'PUT';
  const names = namesIn(path);
  return new Set<ProblemCode>([
    'invalid_request',
    ...(isOpen ? [] : (['unauthenticated'] as const)),
    ...(names.length > 0 ? (['forbidden'] as const) : []),
    ...names.map(name => PATH_NAMES[name].unknown),
    ...(names.includes('project') ? (['manifest_invalid'] as const) : []),
    ...problems,
    ...(hasBody ? (['body_too_large', 'busy'] as const) : []),
    'unavailable',
    'internal',
  ]);
}

/** What a caller sends: the input before defaults, with what the path names. */
export type RouteInput<N extends RouteName> = z.input<(typeof routes)[N]['input']> & Named<N>;
/** What a handler works on: the input after validation. */
export type RouteRequest<N extends RouteName> = z.output<(typeof routes)[N]['input']> & Named<N>;
export type RouteReply<N extends RouteName> = z.output<(typeof routes)[N]['reply']>;

type Named<N extends RouteName> = NamedIn<(typeof routes)[N]['path']>;
type NamedIn<P> = P extends `${string}{${infer Name extends keyof PathNames}}${string}`
  ? { [Key in Name]: z.output<PathNames[Key]['schema']> }
  : unknown;
