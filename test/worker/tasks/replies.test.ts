import { expect, test } from 'vitest';
import * as z from 'zod';
import { withArgs } from '../../../lib/worker/index.ts';
import { taskHome } from './support.ts';

const heard = { replyTo: 'sluice:r' };

async function repliesHome() {
  const home = await taskHome();
  const handlers = {
    work: () => ({ ok: true }),
    promote: withArgs(z.object({ cart: z.string() }), ({ args }) => ({ promoted: args.cart })),
  };
  /** What was told of a task, once it has ended. */
  const told = async (id: string) => {
    await home.until(id, 'succeeded', 'failed');
    const { replies } = await home.client.listReplies({ replies: 'r' });
    return replies.filter(({ task }) => task === id);
  };
  return { ...home, told, worker: home.start({ handlers }) };
}

test('a task that somebody hears of is said to have started before its handler ends', async () => {
  const { submit, told, worker, calls } = await repliesHome();
  const { id } = await submit(heard);
  expect((await told(id)).map(({ event }) => event)).toEqual(['started', 'completed']);
  expect(calls.filter(name => name === 'updateTask')).toHaveLength(1);
  worker.stop();
  await worker.ended;
});

test('a task that nobody hears of costs no call more', async () => {
  const { submit, until, worker, calls } = await repliesHome();
  const { id } = await submit();
  await until(id, 'succeeded');
  expect(calls).not.toContain('updateTask');
  worker.stop();
  await worker.ended;
});

test('arguments that do not fit, and a name that nobody runs, make one event each: failed, with what is wrong', async () => {
  const { submit, told, worker } = await repliesHome();
  const { id } = await submit({ ...heard, name: 'promote', args: { environment: 'test' } });
  expect(await told(id)).toMatchObject([
    {
      event: 'failed',
      error: { message: expect.stringMatching(/^the arguments of promote do not fit: cart/) },
    },
  ]);
  const other = await submit({ ...heard, name: 'demote' });
  expect(await told(other.id)).toMatchObject([
    { event: 'failed', error: { message: expect.stringContaining('runs no tasks named demote') } },
  ]);
  const next = await submit({ ...heard, name: 'promote', args: { cart: 'tomcat' } });
  expect((await told(next.id)).map(({ event }) => event)).toEqual(['started', 'completed']);
  worker.stop();
  await worker.ended;
});
