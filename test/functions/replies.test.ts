import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { codeOf, startTestServer } from './support.ts';

const QUEUES = { queues: { q: { users: ['wim'] } } };
const TOKENS = [
  { token: 'of-ann-0123456789', user: 'ann', roles: [], admin: false },
  { token: 'of-bob-0123456789', user: 'bob', roles: [], admin: false },
  { token: 'of-wim-0123456789', user: 'wim', roles: [], admin: false },
  { token: 'of-root-0123456789', user: 'root', roles: [], admin: true },
];

async function start() {
  const server = await startTestServer({ configuration: Configuration.parse(QUEUES), tokens: TOKENS });
  const [ann, bob, wim, root] = TOKENS.map(({ token }) => server.clientOf(token));
  if (!ann || !bob || !wim || !root) throw new Error('four callers');
  /** Wim ends the next task. */
  const work = async (result = {}) => {
    const reply = await wim.reserveTasks({ worker: 'w', queues: ['q'] });
    const token = reply.status === 'reserved' ? (reply.tasks[0]?.token ?? '') : '';
    await wim.endTask({ token, outcome: 'succeeded', result });
  };
  return { ...{ server, ann, bob, wim, root, work } };
}

test('replies are read by the owner of the tasks: one name is a queue of its own to each', async () => {
  const { ann, bob, wim, root, work } = await start();
  for (const client of [ann, bob]) {
    await client.submitTask({ name: 'n', queue: 'q', replyTo: 'sluice:results', correlationId: 'c' });
    await work({ ok: true });
  }
  const tasksOf = async (...asked: Parameters<typeof ann.listReplies>) =>
    (await ann.listReplies(...asked)).replies.map(({ task }) => task);
  expect(await tasksOf({ replies: 'results' })).toEqual(['q-1', 'q-1']);
  expect((await bob.listReplies({ replies: 'results' })).replies.map(({ task }) => task)).toEqual([
    ...['q-2', 'q-2'],
  ]);
  expect((await wim.listReplies({ replies: 'results' })).replies).toEqual([]);
  expect(await codeOf(bob.listReplies({ replies: 'results', owner: 'ann' }))).toBe('forbidden');
  expect(await codeOf(bob.ackReplies({ replies: 'results', owner: 'ann', ids: ['x'] }))).toBe('forbidden');
  const { replies } = await root.listReplies({ replies: 'results', owner: 'ann' });
  expect(replies).toMatchObject([
    { id: 'q-1.1.started', event: 'started', correlationId: 'c', worker: 'w' },
    { id: 'q-1.2.completed', event: 'completed', correlationId: 'c', result: { ok: true } },
  ]);
  const ids = replies.map(({ id }) => id);
  expect(await root.ackReplies({ replies: 'results', owner: 'ann', ids })).toEqual({ acknowledged: ids });
  expect(await tasksOf({ replies: 'results' })).toEqual([]);
});

test('who waits for a reply has it as soon as it is there', async () => {
  const { server, ann, work } = await start();
  await ann.submitTask({ name: 'n', queue: 'q', replyTo: 'sluice:results' });
  const waiting = ann.listReplies({ replies: 'results', waitSeconds: 20 });
  await server.clock.untilAsleep(2);
  await work();
  // The start and the end are told one after the other.
  expect((await waiting).replies[0]).toMatchObject({ event: 'started' });
});

test('who waits in vain is answered when the time is over', async () => {
  const { server, ann } = await start();
  const waiting = ann.listReplies({ replies: 'results', waitSeconds: 1.5 });
  await server.clock.untilAsleep(2);
  await server.clock.pass(2);
  expect(await waiting).toEqual({ replies: [] });
});
