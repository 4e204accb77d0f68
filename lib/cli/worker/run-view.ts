import type { WorkerEvent, WorkerSummary } from '../../worker/index.ts';
import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import { oneLine } from '../frame/text.ts';
import { plural } from '../plural.ts';
import { printJson, writeLine } from '../print.ts';

/**
 * Shows how a worker that runs programs gets on: what went wrong as sentences, the rest as counts. What the programs
 * write goes where they would have written it. With `--json`, stdout has one line of JSON for each event instead,
 * and all that the programs write goes to stderr.
 */
export class RunView {
  readonly #context: Context;
  readonly #progress: Progress;
  #done = 0;
  #failed = 0;
  #retried = 0;
  readonly #running = new Set<string>();

  constructor(context: Context, project: number) {
    this.#context = context;
    this.#progress = new Progress(context, `project ${project}`);
  }

  readonly onStdout = (line: string) => {
    const { json, stdout, stderr } = this.#context;
    this.#progress.clear();
    return writeLine(json ? stderr : stdout, line);
  };

  readonly onStderr = (line: string) => {
    this.#progress.clear();
    return writeLine(this.#context.stderr, line);
  };

  readonly onEvent = (event: WorkerEvent): void => {
    this.#count(event);
    if (this.#context.json) {
      printJson(this.#context.stdout, plainEvent(event));
      return;
    }
    const sentence = sentenceOf(event);
    if (sentence !== undefined) this.onStderr(oneLine(sentence));
    this.#progress.update({
      done: this.#done,
      notes: { failed: this.#failed, 'to be tried again': this.#retried, running: this.#running.size },
    });
  };

  finish(summary: WorkerSummary): void {
    const { json, stdout, stderr } = this.#context;
    if (json) {
      printJson(stdout, { type: 'ended', ...summary });
      return;
    }
    this.#progress.clear();
    stderr.write(`${summarySentence(summary)}\n`);
  }

  #count(event: WorkerEvent): void {
    if (event.type === 'begun') this.#running.add(event.file.token);
    if (event.type === 'finished' || event.type === 'lost') this.#running.delete(event.file.token);
    if (event.type !== 'reported') return;
    if (event.as === 'done') this.#done += 1;
    if (event.as === 'failed') this.#failed += 1;
    if (event.as === 'retried') this.#retried += 1;
  }
}

/** What a person wants to hear of at once; undefined for what only counts. */
function sentenceOf(event: WorkerEvent): string | undefined {
  switch (event.type) {
    case 'resumed':
      return `going on with ${plural(event.files, 'file')} held from an earlier run`;
    case 'finished':
      return 'failed' in event.outcome ? `${event.file.did} failed: ${event.outcome.failed}` : undefined;
    case 'refused':
      return `the report of ${event.did} was refused: ${event.detail}`;
    case 'lost':
      return `${event.file.did} is no longer held by this worker; it is not worked on further`;
    case 'cancelled':
      return 'the project was cancelled';
    case 'away':
      return `the server does not answer (${event.error.message}); asking again, and working on what is here`;
    case 'back':
      return 'the server answers again';
    case 'stopping':
      return WHY[event.why];
    case 'journal-failed':
      return `the journal cannot be written: ${event.error.message}`;
    case 'undelivered':
      return `${plural(event.reports, 'report')} could not be delivered; ${
        event.inJournal
          ? 'they go out when this worker is started again'
          : 'those files will be done once more'
      }`;
    default:
      return undefined;
  }
}

const WHY = {
  signal: 'stopping: what is being worked on may still finish',
  'wall-time': 'the time is over: what is being worked on may still finish',
  'project-over': undefined,
  error: undefined,
} as const;

function summarySentence({ done, failed, retried, released, refused }: WorkerSummary): string {
  const counts = [
    [failed, 'failed'],
    [retried, 'to be tried again'],
    [released, 'given back'],
    [refused, 'refused'],
  ] as const;
  const others = counts.filter(([count]) => count > 0).map(([count, says]) => `${count} ${says}`);
  return [`${plural(done, 'file')} done`, ...others].join(', ');
}

/** An event as JSON has it: files by their names, errors by their messages. */
function plainEvent(event: WorkerEvent): object {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => {
      if (key === 'file') return ['did', value.did];
      return [key, value instanceof Error ? value.message : value];
    }),
  );
}
