import type { Task, TaskSummary } from '../../contract/tasks.ts';
import { formatRoughly } from '../frame/duration.ts';
import { formatBytes, formatCount } from '../frame/quantity.ts';
import type { Field } from '../print.ts';
import { attributesField } from '../project-sentences.ts';
import { formatTime } from '../times.ts';

/** How a task is told of. */

/** `task juicer-7 is failed: no space left` */
export function taskSentence({ id, state, status, error, result }: Task): string {
  const said = state === 'failed' ? error?.message : state === 'succeeded' ? shown(result) : status;
  return `task ${id} is ${state}${said ? `: ${said}` : ''}`;
}

function shown(result: Task['result']): string | undefined {
  return result && attributesField(result);
}

/** `3 of 10 copying` */
export function progressField({ progress }: Pick<TaskSummary, 'progress'>): string {
  if (!progress) return '';
  const { current, total, message = '' } = progress;
  return `${formatCount(current)}${total === undefined ? '' : ` of ${formatCount(total)}`} ${message}`.trimEnd();
}

/** What there is to say of a task, in the order in which people ask. */
export function taskFields(task: Task): Field[] {
  const { worker, deadline, attempt, maxAttempts, startAt, startedAt, endedAt, timeoutSeconds, error } = task;
  return [
    ['task', task.id],
    ['name', task.name],
    ['title', task.title],
    ['type', task.type],
    ['owner', `${task.owner}${task.public ? ', for all to see' : ''}`],
    ['state', `${task.state} (${task.reason.replaceAll('_', ' ')})`],
    ['progress', progressField(task)],
    ['status', task.status],
    ['worker', worker && `${worker}${deadline === undefined ? '' : ` until ${formatTime(deadline)}`}`],
    ['attempt', `${attempt} of ${maxAttempts}`],
    ['priority', task.priority === 'normal' ? undefined : task.priority],
    ['created', formatTime(task.createdAt)],
    ['starts', startAt === undefined ? undefined : formatTime(startAt)],
    ['started', startedAt === undefined ? undefined : formatTime(startedAt)],
    ['ended', endedAt === undefined ? undefined : formatTime(endedAt)],
    ['timeout', timeoutSeconds === null ? undefined : formatRoughly(timeoutSeconds)],
    ['part of', task.parent],
    ['key', task.dedupKey],
    ['arguments', attributesField(task.args)],
    ['meta', attributesField(task.meta)],
    ...Object.entries(task.inputs).map(([name, url]): Field => ['input', `${name}=${url}`]),
    ...Object.entries(task.outputs).map(([name, url]): Field => ['output', `${name}=${url}`]),
    ['replies to', task.replyTo],
    ['correlation', task.correlationId],
    ...task.history.map(({ at, event }): Field => ['event', `${formatTime(at)}  ${attributesField(event)}`]),
    ['checkpoint', task.checkpoint && attributesField(task.checkpoint)],
    ['result', shown(task.result)],
    ['error', error?.message],
    ['log', task.log && `${formatBytes(task.log.bytes)}, of which the newest lines are:`],
  ];
}

const NEWEST_LINES = 10;

/** The last lines of its log. */
export function newestLines({ log }: Task): string[] {
  return (log?.tail ?? '').split('\n').slice(-NEWEST_LINES - 1, -1);
}
