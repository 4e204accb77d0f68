import type { JsonObject } from '../../contract/json.ts';
import type { Task } from '../../contract/tasks.ts';
import type { TaskContext } from './context.ts';

/** A task as its handler sees it, with the arguments that the handler expects. */
export type TaskOf<Args> = Omit<Task, 'args'> & { readonly args: Args };

/**
 * Runs a task to its end. What it returns is the task's result; to throw is to have failed, and to be tried again.
 * Throw `PermanentError` when no further attempt will help, `FatalError` when this worker can run nothing at all.
 */
export type TaskFunction<Args = JsonObject> = (
  task: TaskOf<Args>,
  context: TaskContext,
) => Promise<JsonObject | undefined> | JsonObject | undefined;

/**
 * Runs a task step by step, for work that watches something for hours or days. There is one object for each attempt;
 * `process` is called again and again, `pauseSeconds` apart, until it calls `stop` or throws. It is never called again
 * after it has thrown. A worker that stops between two steps gives the task back, and the attempt does not count.
 */
export abstract class TaskHandler<Args = JsonObject> {
  readonly task: TaskOf<Args>;
  readonly context: TaskContext;
  /** From the end of a step to the next one; to be changed at any time. */
  pauseSeconds = 10;
  #end: { readonly result: JsonObject | undefined } | undefined;
  readonly #stopped = new AbortController();

  constructor(task: TaskOf<Args>, context: TaskContext) {
    this.task = task;
    this.context = context;
  }

  /** One step. */
  abstract process(): Promise<void> | void;

  /** Ends the task with success after this step; called by others between two steps, at once. */
  stop(result?: JsonObject): void {
    this.#end ??= { result };
    this.#stopped.abort();
  }

  /** Aborted once `stop` was called. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** What `stop` was called with, once it was. */
  get ended(): { readonly result: JsonObject | undefined } | undefined {
    return this.#end;
  }
}

export type TaskHandlerClass<Args = JsonObject> = new (
  task: TaskOf<Args>,
  context: TaskContext,
) => TaskHandler<Args>;

/** Runs tasks of a name. */
export type TaskRunner<Args = JsonObject> = TaskFunction<Args> | TaskHandlerClass<Args>;

/** The task cannot succeed, however often it is tried: it fails for good with this message. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentError';
  }
}

/** What one attempt needs besides its handler. */
export interface Attempt {
  readonly context: TaskContext;
  /** Aborted when the worker begins to stop. */
  readonly stopping: AbortSignal;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called when its handler is about to: not where the arguments, or all that is needed, are refused before. */
  readonly begin: () => void;
}

/** How a handler ended without throwing; `released`: between two steps, because the worker stops. */
export type Ran = { readonly result: JsonObject | undefined } | 'released';

/** Runs a task to its end, in one step or in many. */
export async function run<Args>(
  runner: TaskRunner<Args>,
  task: TaskOf<Args>,
  attempt: Attempt,
): Promise<Ran> {
  const { context } = attempt;
  attempt.begin();
  if (!isClass(runner)) return { result: await runner(task, context) };
  return inSteps(new runner(task, context), attempt);
}

async function inSteps<Args>(
  handler: TaskHandler<Args>,
  { context, stopping, sleep }: Attempt,
): Promise<Ran> {
  const woken = AbortSignal.any([context.signal, stopping, handler.stopped]);
  while (!handler.ended) {
    await handler.process();
    if (handler.ended) break;
    await sleep(handler.pauseSeconds * 1000, woken);
    context.signal.throwIfAborted();
    if (stopping.aborted && !handler.ended) return 'released';
  }
  return handler.ended;
}

function isClass<Args>(runner: TaskRunner<Args>): runner is TaskHandlerClass<Args> {
  return runner.prototype instanceof TaskHandler;
}
