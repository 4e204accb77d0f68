import * as z from 'zod';
import type { Task } from '../../domain/task/task.ts';
import type { Context } from '../context.ts';

/** Ids of parts that were submitted together. */
const Parts = z.object({ tasks: z.array(z.string()) });

const PAGE = 1000;
const DIGITS = 15;

/**
 * Notes tasks as parts of another, before they are made: so that none is missed. One item for all that are submitted
 * together; what is noted and was never made is not there when it is looked at.
 */
export async function noteChildren(
  context: Context,
  parent: string,
  tasks: readonly string[],
): Promise<void> {
  const sort = `${String(context.clock.now()).padStart(DIGITS, '0')}-${context.newId()}`;
  await context.store.put({ partition: partitionOf(parent), sort }, { tasks }, 0);
}

/** Whether a task that was noted was made as a part of that one: it may have been made, under its key, as none. */
export function isPartOf(task: Task | undefined, parent: string): task is Task {
  return task?.spec.parent === parent;
}

/** The ids of what may be a task's parts, oldest first. */
export async function childrenOf(context: Context, parent: string): Promise<string[]> {
  const ids = new Set<string>();
  for (let after: string | undefined = ''; after !== undefined; ) {
    const items = await context.store.list(partitionOf(parent), { ...(after && { after }), limit: PAGE });
    for (const { value } of items) for (const id of Parts.parse(value).tasks) ids.add(id);
    after = items.length < PAGE ? undefined : items.at(-1)?.key.sort;
  }
  return [...ids];
}

export async function forgetChildren(context: Context, parent: string): Promise<void> {
  for (;;) {
    const items = await context.store.list(partitionOf(parent), { limit: PAGE });
    if (items.length === 0) return;
    await context.store.remove(items.map(({ key }) => key));
  }
}

function partitionOf(parent: string): string {
  return `children/${parent}`;
}
