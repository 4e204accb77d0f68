import { writeFile } from 'node:fs/promises';
import type { JsonObject } from '../../contract/json.ts';
import { type Clock, systemClock } from '../clock.ts';
import { runChild } from '../program/child.ts';
import { asFatal, isForGood, reasonFor } from '../program/exit.ts';
import type { OnLine } from '../program/lines.ts';
import { withScratch } from '../program/scratch.ts';
import type { TaskContext } from './context.ts';
import { PermanentError, type TaskFunction, type TaskOf } from './handlers.ts';

export interface TaskProgramOptions {
  /** The program and its arguments, in which `{task}`, `{args}`, `{in.NAME}` and `{out.NAME}` are replaced. */
  readonly command: readonly string[];
  /** The folder in which each task gets a folder of its own; it must be there. */
  readonly scratch: string;
  /** Take the lines that the program writes, besides the log of its task. */
  readonly onStdout: OnLine;
  readonly onStderr: OnLine;
  /** Begins each line with the task's id, for programs that run side by side. */
  readonly prefixed?: boolean | undefined;
  /** Exit codes, besides 65, that say that another attempt will not help. */
  readonly failCodes?: readonly number[] | undefined;
  /** How long a program may take to end after SIGTERM; 5 unless given. */
  readonly killGraceSeconds?: number | undefined;
  /** The program's environment, to which the task's variables are added; this process's unless given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Runs a program for each task.
 *
 * - `{task}` is the task's id; `{args}` the path of a JSON file with its arguments; `{in.NAME}` the path of an input and
 *   `{out.NAME}` that of an output. They may stand inside an argument; other words in braces stay.
 * - The environment has `SLUICE_TASK`, `SLUICE_TASK_NAME`, `SLUICE_TASK_TOKEN` (with which the program may tell of the
 *   task itself) and `SLUICE_ATTEMPT`.
 * - Each line that it writes goes to the task's log, and the last one of standard output is the task's status.
 * - Exit code 0 is succeeded. 65 and `failCodes` are failed for good. All else, death by a signal too, is failed and to
 *   be tried again, with the code and the last line of standard error as the message.
 * - When the task is cancelled, or the worker cannot wait longer, it gets SIGTERM, and SIGKILL some time later.
 *
 * It throws `FatalError` when the program cannot be run at all.
 */
export function taskProgram(options: TaskProgramOptions): TaskFunction {
  const { failCodes = [], clock = systemClock, onStdout, onStderr } = options;
  const [program, ...args] = options.command;
  if (program === undefined) throw new RangeError('the command is empty');

  return (task, context) =>
    withScratch(options.scratch, 'args.json', onStderr, async ({ path }) => {
      await writeFile(path, JSON.stringify(task.args));
      const fill = filler(task, context, path);
      const say = (onLine: OnLine, line: string) => {
        context.log(line);
        return onLine(options.prefixed ? `${task.id}: ${line}` : line);
      };
      let lastLine = '';
      const exit = await runChild({
        program: fill(program),
        args: args.map(fill),
        env: { ...(options.env ?? process.env), ...variablesOf(task, context) },
        onStdout(line) {
          if (line.trim()) context.status(line.trim());
          return say(onStdout, line);
        },
        onStderr(line) {
          if (line.trim()) lastLine = line.trim();
          return say(onStderr, line);
        },
        killGraceSeconds: options.killGraceSeconds ?? 5,
        ...{ signal: context.signal, clean: context.redact, clock },
      }).catch(asFatal(program));
      if (exit.code === 0) return undefined;
      const message = reasonFor(exit, lastLine);
      throw withoutStack(isForGood(exit, failCodes) ? new PermanentError(message) : new Error(message));
    });
}

const PLACEHOLDER = /\{(task|args|in\.[\w.@+-]+|out\.[\w.@+-]+)\}/g;

function filler(task: TaskOf<JsonObject>, { inputs, outputs }: TaskContext, argsPath: string) {
  const valueFor = (word: string): string => {
    if (word === 'task') return task.id;
    if (word === 'args') return argsPath;
    const isInput = word.startsWith('in.');
    const name = word.slice(word.indexOf('.') + 1);
    const path = (isInput ? inputs : outputs)[name];
    if (path === undefined)
      throw withoutStack(new PermanentError(`the task has no ${isInput ? 'input' : 'output'} ${name}`));
    return path;
  };
  return (argument: string) => argument.replace(PLACEHOLDER, (_, word: string) => valueFor(word));
}

function variablesOf({ id, name, attempt }: TaskOf<JsonObject>, { token }: TaskContext): NodeJS.ProcessEnv {
  return {
    SLUICE_TASK: id,
    SLUICE_TASK_NAME: name,
    SLUICE_TASK_TOKEN: token,
    SLUICE_ATTEMPT: String(attempt),
  };
}

/** Where in the worker a program's failure was noticed helps nobody. */
function withoutStack<E extends Error>(error: E): E {
  delete error.stack;
  return error;
}
