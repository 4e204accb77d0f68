import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import type { RouteInput } from '../../lib/contract/routes.ts';
import type { ReservedTask, Task } from '../../lib/contract/tasks.ts';
import { SOON } from './home.ts';

/** A new queue of the test's own. */
export async function newQueue(
  client: Client,
  settings: Omit<RouteInput<'putQueue'>, 'queue'> = {},
): Promise<string> {
  const { name } = await client.putQueue({ queue: `t${crypto.randomUUID().slice(0, 8)}`, ...settings });
  return name;
}

/** Asks until there are tasks: a ticket comes up a moment after its task was submitted. */
export async function untilReserved(
  client: Client,
  queue: string,
  worker: string,
  count = 1,
): Promise<ReservedTask[]> {
  const ask = { worker, queues: [queue], count };
  await expect.poll(() => client.reserveTasks(ask), SOON).toMatchObject({ status: 'reserved' });
  return (await client.heldTasks({ worker, queue })).tasks;
}

/** The task once it is in one of these states. */
export async function until(client: Client, id: string, ...states: Task['state'][]): Promise<Task> {
  for (;;) {
    const task = await client.showTask({ task: id });
    if (states.includes(task.state)) return task;
    await setTimeout(SOON.interval);
  }
}

/** The log of a task as it stands, in pages of `limit` bytes. */
export async function logOf(client: Client, task: string, limit?: number): Promise<string> {
  let text = '';
  for (let after: string | undefined; ; ) {
    const page = await client.readLog({ task, after, limit });
    text += page.text;
    after = page.next;
    if (!page.more) return text;
  }
}
