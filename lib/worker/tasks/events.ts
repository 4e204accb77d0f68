import type { Task, TaskState } from '../../contract/tasks.ts';
import type { TaskEnd } from './end.ts';

/** What a worker of tasks has to tell while it runs. */
export type TaskWorkerEvent =
  /** Tasks it held from an earlier life; it begins them again, from their checkpoints. */
  | { readonly type: 'resumed'; readonly tasks: number }
  | { readonly type: 'begun'; readonly task: Task }
  | { readonly type: 'finished'; readonly task: Task; readonly end: TaskEnd }
  /** The server took the end of an attempt. */
  | { readonly type: 'reported'; readonly task: Task; readonly state: TaskState }
  /** The server did not take it: somebody else has the task, or has ended it. */
  | { readonly type: 'refused'; readonly task: Task; readonly detail: string }
  /** The task is no longer held; its handler is aborted and its end will not be reported. */
  | { readonly type: 'lost'; readonly task: Task }
  /** Progress or a status was refused; the task goes on. */
  | { readonly type: 'untold'; readonly task: Task; readonly error: Error }
  /** There is nothing to do; the worker asks again after this time. */
  | { readonly type: 'waiting'; readonly seconds: number }
  /** The server does not answer; the worker goes on with what it has and tries again and again. */
  | { readonly type: 'away'; readonly error: Error }
  | { readonly type: 'back' }
  /** The worker reserves nothing more and ends when its handlers have. */
  | { readonly type: 'stopping'; readonly why: 'signal' | 'error' }
  /** The worker ended before the server answered to the end of a task, which will be run again. */
  | { readonly type: 'undelivered'; readonly task: Task };

/** How many attempts came to what. */
export interface TaskWorkerSummary {
  readonly succeeded: number;
  /** Failed for good: not to be tried again, or no attempt was left. */
  readonly failed: number;
  /** Failed, and will be tried again. */
  readonly retried: number;
  readonly cancelled: number;
  /** Given back: the attempt does not count. */
  readonly released: number;
  /** Ends that changed nothing, because the lease no longer stood. */
  readonly refused: number;
}

/** What an attempt came to, by what its worker said and what the task became. */
export function cameTo({ outcome }: TaskEnd, state: TaskState): Exclude<keyof TaskWorkerSummary, 'refused'> {
  if (state === 'succeeded' || state === 'cancelled' || state === 'failed') return state;
  return outcome === 'released' ? 'released' : 'retried';
}
