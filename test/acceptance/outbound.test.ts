import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { deployLocally, destroyLocally } from '../../scripts/local-stack.ts';
import { makeBus } from '../aws/support/event-bus.ts';
import { inboxes } from '../aws/support/inbox.ts';
import { names, SOON } from './home.ts';

const newInbox = inboxes();

test('a deployment replies to the queues of SQS that it names, and tells its bus of everything', {
  timeout: 10 * 60_000,
}, async () => {
  const stack = `sluice-out-${randomBytes(4).toString('hex')}`;
  const [replies, all, other] = [await newInbox('.fifo'), await newInbox(), await newInbox()];
  const bus = await makeBus(stack, all.arn);
  const deployment = { stack, settings: { replyQueues: replies.arn, eventBus: bus.arn } };
  const { Url } = await deployLocally(deployment);
  onTestFinished(async () => {
    await destroyLocally(deployment);
    await bus.remove();
  }, 3 * 60_000);
  const client = connect({ server: Url });
  await client.putQueue({ queue: 'juicer' });

  const { id } = await client.submitTask({
    name: 'n',
    queue: 'juicer',
    replyTo: replies.arn,
    correlationId: 'c',
  });
  await expect
    .poll(() => client.reserveTasks({ worker: 'w', queues: ['juicer'] }), SOON)
    .toMatchObject({ status: 'reserved' });
  const { tasks } = await client.heldTasks({ worker: 'w', queue: 'juicer' });
  await client.endTask({ token: tasks[0]?.token ?? '', outcome: 'succeeded', result: { ok: true } });
  const told = [
    { id: `${id}.1.started`, event: 'started', correlationId: 'c' },
    { id: `${id}.2.completed`, event: 'completed', correlationId: 'c', result: { ok: true } },
  ];
  expect(await replies.take(id, 2)).toMatchObject(told);
  const ids = (await all.take(id, 2)).map(event => event.id);
  expect(ids.sort()).toEqual(told.map(event => event.id));

  const { project } = await client.createProject({ virtual: true, files: names(1) });
  await client.cancelProject({ project: project.id });
  const events = (await all.takeOf('project', project.id, 2)).map(({ event }) => event);
  expect(events.sort()).toEqual(['cancelled', 'loaded']);

  await expect(client.submitTask({ name: 'n', queue: 'juicer', replyTo: other.arn })).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('is not among the queues that this deployment may send to'),
  });
});
