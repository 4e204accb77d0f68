import type { ReservedTask, Task as ShownTask, TaskSummary } from '../../contract/tasks.ts';
import { formatTaskId, formatTaskToken } from '../../domain/task/id.ts';
import { isHeard } from '../../domain/task/outbox.ts';
import { stateAt, type Task, type TaskLease } from '../../domain/task/task.ts';
import type { Context } from '../context.ts';

/** A task as it is listed. */
export function summaryOf({ clock }: Pick<Context, 'clock'>, task: Task): TaskSummary {
  return { ...factsOf(task, clock.now()), error: task.error?.message };
}

/** A task as those see it who may look at it. */
export function viewTask({ clock }: Pick<Context, 'clock'>, task: Task): ShownTask {
  const { spec, policy, lastEvent, history, checkpoint, result, error } = task;
  const { args, meta, dedupKey, inputs, outputs, replyTo, correlationId } = spec;
  return {
    ...factsOf(task, clock.now()),
    ...{
      args,
      meta,
      timeoutSeconds: policy.timeoutSeconds,
      dedupKey,
      inputs,
      outputs,
      replyTo,
      correlationId,
    },
    ...{ lastEvent, history: [...history], checkpoint, result, error },
  };
}

/** What a worker receives of a task that it holds. */
export function reservedTask(context: Pick<Context, 'clock'>, task: Task, lease: TaskLease): ReservedTask {
  return {
    ...{ token: tokenOf(task, lease), deadline: lease.deadline, task: viewTask(context, task) },
    ...(isHeard(task) && { isHeard: true }),
  };
}

export function tokenOf({ queue, number, attempt }: Task, lease: TaskLease): string {
  return formatTaskToken({ queue, number, attempt, lease: lease.id });
}

function factsOf(task: Task, now: number): Omit<TaskSummary, 'error'> {
  const { queue, spec, reason, attempt, lastAttempt, lease, progress, status } = task;
  const { name, title, type, owner, priority, parent } = spec;
  const state = stateAt(task, now);
  return {
    ...{ id: formatTaskId(task), queue, name, title, type, public: spec.public, owner, priority, parent },
    ...{ state, reason, attempt, maxAttempts: lastAttempt },
    ...(state === 'scheduled' && { startAt: task.notBefore }),
    ...(lease && { worker: lease.worker, deadline: lease.deadline }),
    ...{ progress, status },
    ...{
      createdAt: task.createdAt,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
      changedAt: task.changedAt,
    },
  };
}
