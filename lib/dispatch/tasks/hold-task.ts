import type { RefusalCode } from '../../contract/work.ts';
import { formatTaskId, parseTaskToken, type TaskToken } from '../../domain/task/id.ts';
import type { TaskRefusal } from '../../domain/task/lease.ts';
import type { Call, Context } from '../context.ts';
import { ProblemError } from '../problem.ts';
import { queueToWork } from './task-access.ts';

/** The place and the attempt that a token names, for a caller who may work there. Fails with `token_unknown`. */
export async function heldBy(context: Context, call: Call, text: string): Promise<TaskToken> {
  const token = parseTaskToken(text);
  if (!token || !(await context.queues.find(token.queue))) throw refusal(text, 'unknown');
  await queueToWork(context, call, token.queue);
  return token;
}

/** What is told to a worker whose word does not count. */
export function refusal(token: string, reason: TaskRefusal): ProblemError {
  const { code, says } = REFUSALS[reason];
  const parsed = parseTaskToken(token);
  const name = parsed ? `attempt ${parsed.attempt} of task ${formatTaskId(parsed)}` : token;
  return new ProblemError(code, `${name}: ${says}`);
}

const REFUSALS: Record<TaskRefusal, { code: RefusalCode; says: string }> = {
  unknown: { code: 'token_unknown', says: 'no such reservation was made' },
  expired: { code: 'lease_expired', says: 'its lease ran out and the task was taken back' },
  settled: { code: 'already_settled', says: 'it was ended before' },
  overtaken: { code: 'overtaken', says: 'the task was reserved or retried again since' },
};
