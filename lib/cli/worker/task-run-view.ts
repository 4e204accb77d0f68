import type { TaskWorkerEvent, TaskWorkerSummary } from '../../worker/index.ts';
import type { Context } from '../frame/context.ts';
import { oneLine } from '../frame/text.ts';
import { plural } from '../plural.ts';
import { printJson, writeLine } from '../print.ts';

/**
 * Shows how a worker that runs programs for tasks gets on: what happens to each task as a sentence on stderr. What the
 * programs write goes where they would have written it. With `--json`, stdout has one line of JSON for each event
 * instead, and all that the programs write goes to stderr.
 */
export class TaskRunView {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  readonly onStdout = (line: string) => {
    const { json, stdout, stderr } = this.#context;
    return writeLine(json ? stderr : stdout, line);
  };

  readonly onStderr = (line: string) => writeLine(this.#context.stderr, line);

  readonly onEvent = (event: TaskWorkerEvent): void => {
    if (this.#context.json) {
      printJson(this.#context.stdout, plainEvent(event));
      return;
    }
    const sentence = sentenceOf(event);
    if (sentence !== undefined) this.onStderr(oneLine(sentence));
  };

  finish(summary: TaskWorkerSummary): void {
    const { json, stdout } = this.#context;
    if (json) printJson(stdout, { type: 'ended', ...summary });
    else this.onStderr(summarySentence(summary));
  }
}

function sentenceOf(event: TaskWorkerEvent): string | undefined {
  switch (event.type) {
    case 'resumed':
      return `going on with ${plural(event.tasks, 'task')} held from an earlier run`;
    case 'begun':
      return `task ${event.task.id} ${event.task.name} is begun, attempt ${event.task.attempt}`;
    case 'finished':
      return event.end.outcome === 'failed'
        ? `task ${event.task.id} failed: ${event.end.error.message}`
        : `task ${event.task.id} ${event.end.outcome}`;
    case 'refused':
      return `the end of task ${event.task.id} was refused: ${event.detail}`;
    case 'lost':
      return `task ${event.task.id} is no longer held by this worker; it is not worked on further`;
    case 'untold':
      return `what task ${event.task.id} told was refused: ${event.error.message}`;
    case 'away':
      return `the server does not answer (${event.error.message}); asking again, and working on what is here`;
    case 'back':
      return 'the server answers again';
    case 'stopping':
      return event.why === 'signal' ? 'stopping: what is being worked on may still finish' : undefined;
    case 'undelivered':
      return `the server did not answer to the end of task ${event.task.id}; it will be run again`;
    default:
      return undefined;
  }
}

function summarySentence({
  succeeded,
  failed,
  retried,
  cancelled,
  released,
  refused,
}: TaskWorkerSummary): string {
  const counts = [
    [failed, 'failed'],
    [retried, 'to be tried again'],
    [cancelled, 'cancelled'],
    [released, 'given back'],
    [refused, 'refused'],
  ] as const;
  const others = counts.filter(([count]) => count > 0).map(([count, says]) => `${count} ${says}`);
  return [`${plural(succeeded, 'task')} succeeded`, ...others].join(', ');
}

/** An event as JSON has it: tasks by their ids, errors by their messages. */
function plainEvent(event: TaskWorkerEvent): object {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => {
      if (key === 'task') return [key, value.id];
      return [key, value instanceof Error ? value.message : value];
    }),
  );
}
