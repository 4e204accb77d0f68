export type { Clock } from './clock.ts';
export type { RefusedCode, ReportedAs, StopReason, WorkerEvent, WorkerSummary } from './events.ts';
export { LockedError } from './file-lock.ts';
export { FatalError, type FileTask, type Handler, type HandlerContext, type Outcome } from './handler.ts';
export { runWorker } from './loop.ts';
export type { WorkerClient, WorkerOptions } from './options.ts';
export { type ProgramOptions, programHandler } from './program/program.ts';
export { StoppedError } from './stopped-error.ts';
export type { TaskContext } from './tasks/context.ts';
export type { TaskEnd } from './tasks/end.ts';
export type { TaskWorkerEvent, TaskWorkerSummary } from './tasks/events.ts';
export {
  PermanentError,
  type TaskFunction,
  TaskHandler,
  type TaskHandlerClass,
  type TaskOf,
  type TaskRunner,
} from './tasks/handlers.ts';
export { runTaskWorker } from './tasks/loop.ts';
export type { TaskWorkerClient, TaskWorkerOptions } from './tasks/options.ts';
export { type TaskProgramOptions, taskProgram } from './tasks/program.ts';
export { type AnyRunner, type ArgsSchema, withArgs } from './tasks/schema.ts';
export {
  setWorkerId,
  type WorkerIdentity,
  type WorkerIdOptions,
  workerId,
  workerIdentity,
} from './worker-id.ts';
