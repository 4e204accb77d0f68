import { expect, test } from 'vitest';
import { startTasks, tasksIn } from './support.ts';

const asked = { worker: 'w', queues: ['p', 'q'], requestId: 'r1', count: 2 };
const tokens = (reply: Parameters<typeof tasksIn>[0]) => tasksIn(reply).map(({ token }) => token);

/** What a process gave a request for tasks, and another process of the same world. */
async function givenByOther() {
  const other = startTasks();
  for (const queue of asked.queues) await other.queue(queue);
  await other.submitMany({ tasks: [1, 2, 3].map(n => ({ queue: 'q', name: 'n', args: { n } })) });
  return { first: tokens(await other.reserve(asked)), process: startTasks({ world: other.world }) };
}

test('a request for tasks that is repeated to another process is given the same, when its sender says so', async () => {
  const { first, process } = await givenByOther();
  expect(first).toHaveLength(2);
  expect(tokens(await process.reserve({ ...asked, repeated: true }))).toEqual(first);
});

test('a request for tasks is not looked for unless its sender says that it is repeated', async () => {
  const { first, process } = await givenByOther();
  const [other, ...more] = tokens(await process.reserve(asked));
  expect([first.includes(other ?? ''), more]).toEqual([false, []]);
});
