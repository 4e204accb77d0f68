import { LIMITS } from '../../contract/limits.ts';
import { formatTaskId } from '../../domain/task/id.ts';
import type { Task } from '../../domain/task/task.ts';
import { ProblemError } from '../problem.ts';

/**
 * Refuses what would make a task larger than a store keeps. The word that an attempt failed is never refused: there is
 * room for it beyond the limit.
 */
export function refuseTooLarge(task: Task): void {
  const bytes = Buffer.byteLength(JSON.stringify(task));
  if (bytes > LIMITS.taskBytes)
    throw new ProblemError(
      'task_too_large',
      `task ${formatTaskId(task)} would have ${bytes} bytes, and may have ${LIMITS.taskBytes}: keep less history, or put what is large into a file`,
    );
}
