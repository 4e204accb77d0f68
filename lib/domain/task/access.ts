import type { Caller } from '../project.ts';
import type { TaskSpec } from './task.ts';

interface Workers {
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/** Admins, a queue's users and the bearers of its roles have workers that reserve its tasks. */
export function mayWorkOn({ users, roles }: Workers, caller: Caller): boolean {
  return caller.admin || users.includes(caller.user) || caller.roles.some(role => roles.includes(role));
}

/** Its owner and admins cancel, retry and delete a task. */
export function mayManageTask({ owner }: TaskSpec, caller: Caller): boolean {
  return caller.admin || caller.user === owner;
}

/** Those, the workers of its queue, and everybody where it is public, may look at it. */
export function mayReadTask(spec: TaskSpec, queue: Workers | undefined, caller: Caller): boolean {
  return spec.public || mayManageTask(spec, caller) || (queue !== undefined && mayWorkOn(queue, caller));
}
