import type { TaskEvent } from '../../contract/replies.ts';
import { attributesField } from '../project-sentences.ts';
import { formatTime } from '../times.ts';

/** What came of it: a result, or what went wrong. */
export function saidBy({ result, error }: TaskEvent): string {
  return error?.message ?? (result ? attributesField(result) : '');
}

/** `2026-11-22 12:00:00  task juicer-7 failed: no space left` */
export function replySentence(reply: TaskEvent): string {
  const { at, task, event, correlationId } = reply;
  const said = saidBy(reply);
  const about = correlationId === undefined ? '' : ` [${correlationId}]`;
  return `${formatTime(at)}  task ${task}${about} ${event}${said && `: ${said}`}`;
}
