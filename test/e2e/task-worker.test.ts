import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { NodeChild } from '../support/node-child.ts';

async function home(leaseSeconds: number) {
  const { client, url } = await startTestServer({
    clock: systemClock,
    configuration: Configuration.parse({
      queues: { q: { leaseSeconds } },
      configs: { watch: { isOver: false } },
    }),
  });
  const start = (worker: string) => new NodeChild(new URL('./watch-worker.ts', import.meta.url), url, worker);
  const { id } = await client.submitTask({ name: 'watch', queue: 'q' });
  return {
    ...{ client, start, id },
    over: () => client.putConfig({ config: 'watch', value: { isOver: true } }),
    async until(...states: string[]) {
      for (;;) {
        const task = await client.showTask({ task: id });
        if (states.includes(task.state)) return task;
        await systemClock.sleep(20);
      }
    },
  };
}

test('a worker that was killed goes on, when it is started again, in the same attempt and from its checkpoint', async () => {
  const { start, until, over } = await home(300);
  const first = start('w1');
  expect(await first.firstLine()).toBe('1 1');
  await first.kill();
  const killedAt = Number((await until('running')).checkpoint?.steps);
  await over();
  const second = start('w1');
  expect(await second.firstLine()).toBe(`1 ${killedAt + 1}`);
  expect(await until('succeeded')).toMatchObject({ attempt: 1, result: { steps: killedAt + 1 } });
  await second.kill();
});

test("a killed worker's task goes to another one after its lease, with the checkpoint", async () => {
  const { start, until, over } = await home(2);
  const first = start('w1');
  expect(await first.firstLine()).toBe('1 1');
  await first.kill();
  const killedAt = Number((await until('running')).checkpoint?.steps);
  await over();
  const second = start('w2');
  expect(await second.firstLine()).toBe(`2 ${killedAt + 1}`);
  expect(await until('succeeded')).toMatchObject({ attempt: 2, reason: 'succeeded' });
  await second.kill();
});

test('a task that is cancelled while a worker is at it ends there', async () => {
  const { client, start, until, id } = await home(300);
  const worker = start('w1');
  await worker.firstLine();
  await client.cancelTask({ task: id });
  expect(await until('cancelled')).toMatchObject({ reason: 'cancelled', attempt: 1 });
  await worker.kill();
});
