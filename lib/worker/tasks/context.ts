import type { JsonObject } from '../../contract/json.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { RouteInput } from '../../contract/routes.ts';
import type { ReservedTask, Task } from '../../contract/tasks.ts';
import type { Line } from '../line.ts';
import type { LocalFiles } from './files.ts';
import type { TaskWorkerClient } from './options.ts';
import type { Teller } from './tell.ts';

/** What a handler has beside its task. All that reaches the server survives its absence: it is repeated until it is answered. */
export interface TaskContext {
  /** Proves to the server who speaks, for programs that do so themselves. */
  readonly token: string;
  /**
   * Aborted when the task is not to go on. Its reason is a `StoppedError` whose `why` is `cancelled`, `lost` (the lease
   * ran out) or `stopping` (the worker stops, and the grace is over).
   */
  readonly signal: AbortSignal;
  /** Aborted as soon as the worker is told to stop: it waits for running tasks for a while, and for no longer. */
  readonly stopping: AbortSignal;
  /** Paths of the inputs, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Paths where the outputs are to be left, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Appends an event to the task's history, of which the newest `maxlen` are kept (100 unless given). */
  update(event: JsonObject, options?: { readonly maxlen?: number }): Promise<void>;
  /** Says how far it is. To be called as often as one likes: the newest is told once a second. */
  progress(current: number, total?: number, message?: string): void;
  /** Says what it is doing, in a few words; as often as one likes. */
  status(text: string): void;
  /** Keeps what a further attempt is to begin with, as `task.checkpoint`. */
  checkpoint(value: JsonObject): Promise<void>;
  /** What workers are told under a name. Fails with `RefusedError` where there is nothing. */
  getConfig(name: string): Promise<JsonObject>;
  /** Submits a part of this task: cancelled with it while it is not begun. */
  submit(task: RouteInput<'submitTask'>): Promise<Task>;
  /** Writes a line to the log of the task, or several. The server has them about a second later. */
  log(line: string): void;
  /** Takes out of a text what the worker's patterns find: as is done with the log, statuses, and messages. */
  redact(text: string): string;
}

export interface ContextOptions {
  readonly held: ReservedTask;
  readonly client: TaskWorkerClient;
  readonly line: Line;
  readonly teller: Teller;
  readonly signal: AbortSignal;
  readonly stopping: AbortSignal;
  readonly files: LocalFiles;
  readonly log: (line: string) => void;
  readonly redact: (text: string) => string;
  readonly newRequestId: () => string;
}

export function createTaskContext(options: ContextOptions): TaskContext {
  const { held, client, line, teller, signal, stopping, redact } = options;
  const { inputs, outputs } = options.files;
  return {
    ...{ token: held.token, signal, stopping, inputs, outputs, redact },
    log: text => options.log(redact(text)),
    update: (event, { maxlen } = {}) => teller.tell({ event, ...(maxlen !== undefined && { maxlen }) }),
    progress: (current, total, message) =>
      teller.soon({
        progress: {
          current,
          ...(total !== undefined && { total }),
          ...(message !== undefined && { message: shorten(redact(message)) }),
        },
      }),
    status: text => teller.soon({ status: shorten(redact(text)) }),
    checkpoint: value => teller.tell({ checkpoint: value }),
    async getConfig(name) {
      const call = (limit: AbortSignal) => client.getConfig({ config: name }, { signal: limit });
      return (await line.ask(call)).value;
    },
    submit(task) {
      // A repetition of the call must not submit it twice.
      const part = { parent: held.task.id, dedupKey: options.newRequestId(), ...task };
      return line.ask(limit => client.submitTask(part, { signal: limit }));
    },
  };
}

function shorten(text: string): string {
  const { textLength } = LIMITS;
  return text.length <= textLength ? text : `${text.slice(0, textLength - 1).toWellFormed()}…`;
}
