import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../client/index.ts';
import type { Task } from '../../contract/tasks.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import { patiently } from '../patiently.ts';
import { printJson } from '../print.ts';
import { logReader } from './log-lines.ts';
import { taskSentence } from './task-sentences.ts';

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled'] satisfies Task['state'][];

/** The option that says how often a task that is waited for is looked at. */
export const INTERVAL = { type: 'duration', default: 1, description: 'how often to look' } as const;

interface Waiting {
  /** How often to look. */
  readonly interval: number;
  /** Shows its log as well. */
  readonly withLog?: boolean;
}

/**
 * Shows how a task goes on until it has ended, and says how: its progress on stderr, and if wanted its log on stdout; or
 * with `--json` the task as one line for each change. A server that is away for a while is waited for. The exit code is 0
 * if it succeeded.
 */
export async function untilEnded(
  context: Context,
  client: Client,
  id: string,
  { interval, withLog = false }: Waiting,
): Promise<ExitCode> {
  const { stdout, json, signal } = context;
  const progress = new Progress(context, `task ${id}`);
  const clear = () => progress.clear();
  const log = withLog && !json ? logReader(context, client, id) : undefined;
  /** The task is looked at first: so once it has ended, its log is whole. */
  async function ask(): Promise<Task> {
    const task = await client.showTask({ task: id }, { signal });
    if (task.log) await log?.showNew(clear);
    return task;
  }

  let shown = '';
  function show(task: Task): Task {
    const { current, total } = task.progress ?? {};
    if (current !== undefined) progress.update({ done: current, ...(total !== undefined && { total }) });
    const text = JSON.stringify(task);
    if (json && text !== shown) printJson(stdout, task);
    shown = text;
    return task;
  }

  let task = await ask();
  try {
    while (!ENDED.includes(show(task).state)) {
      await setTimeout(interval * 1000, undefined, { signal });
      task = await patiently(context, { pauseSeconds: interval, clear }, ask);
    }
  } finally {
    progress.finish();
  }
  if (!json) stdout.write(`${taskSentence(task)}\n`);
  return task.state === 'succeeded' ? EXIT.ok : EXIT.no;
}
