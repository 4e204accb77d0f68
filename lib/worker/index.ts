export type { Clock } from './clock.ts';
export type { RefusedCode, ReportedAs, StopReason, WorkerEvent, WorkerSummary } from './events.ts';
export { LockedError } from './file-lock.ts';
export { FatalError, type FileTask, type Handler, type HandlerContext, type Outcome } from './handler.ts';
export { runWorker } from './loop.ts';
export type { WorkerClient, WorkerOptions } from './options.ts';
export { type ProgramOptions, programHandler } from './program/program.ts';
export {
  setWorkerId,
  type WorkerIdentity,
  type WorkerIdOptions,
  workerId,
  workerIdentity,
} from './worker-id.ts';
