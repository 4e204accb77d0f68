import { describe, expect, test } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import type { TaskEvent } from '../../lib/contract/replies.ts';
import { addresses, clientAt, SOON } from './home.ts';

const newName = () => `t${crypto.randomUUID().slice(0, 8)}`;

/** The token of the next task of a queue. */
async function taken(client: Client, queue: string): Promise<string> {
  await expect
    .poll(() => client.reserveTasks({ worker: 'w', queues: [queue] }), SOON)
    .toMatchObject({ status: 'reserved' });
  const { tasks } = await client.heldTasks({ worker: 'w', queue });
  return tasks[0]?.token ?? '';
}

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  /** Reads and acknowledges until so many replies have come. */
  async function read(name: string, count: number): Promise<TaskEvent[]> {
    const replies: TaskEvent[] = [];
    await expect
      .poll(async () => {
        const page = await client.listReplies({ replies: name, waitSeconds: 1 });
        replies.push(...page.replies);
        const ids = page.replies.map(({ id }) => id);
        if (ids.length > 0) await client.ackReplies({ replies: name, ids });
        return replies.length;
      }, SOON)
      .toBeGreaterThanOrEqual(count);
    return replies;
  }

  test('what befalls a task waits in a queue of replies, in order, until it is acknowledged', async () => {
    const [queue, name] = [newName(), newName()];
    await client.putQueue({ queue });
    const task = { name: 'promote', queue, replyTo: `sluice:${name}`, correlationId: 'c' };
    const { id } = await client.submitTask(task);
    const token = await taken(client, queue);
    await client.updateTask({ token });
    await client.endTask({ token, outcome: 'succeeded', result: { ok: true } });
    expect(await client.endTask({ token, outcome: 'succeeded', result: { ok: true } })).toMatchObject({
      repeated: true,
    });
    expect(await read(name, 2)).toMatchObject([
      { id: `${id}.1.started`, task: id, event: 'started', worker: 'w', correlationId: 'c' },
      { id: `${id}.2.completed`, event: 'completed', correlationId: 'c', result: { ok: true } },
    ]);
    expect(await client.listReplies({ replies: name })).toEqual({ replies: [] });
  });

  test('a task that is refused before it began, or cancelled while it is queued, has one reply', async () => {
    const [queue, name] = [newName(), newName()];
    await client.putQueue({ queue });
    const task = { name: 'promote', queue, replyTo: `sluice:${name}` };
    const refused = await client.submitTask(task);
    const token = await taken(client, queue);
    const error = { message: 'cart: it is missing' };
    await client.endTask({ token, outcome: 'failed', retry: false, begun: false, error });
    const cancelled = await client.submitTask(task);
    await client.cancelTask({ task: cancelled.id });
    expect(await read(name, 2)).toMatchObject([
      { task: refused.id, event: 'failed', error },
      { task: cancelled.id, event: 'cancelled' },
    ]);
  });
});
