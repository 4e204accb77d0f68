import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deleteWebhook, listWebhooks, putWebhook } from '../../../lib/dispatch/events/webhooks.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import type { CallName, Fault } from '../../support/memory-home.ts';
import { startTasks, type TaskProcess, takeOne } from '../tasks/support.ts';

const ADMIN = { caller: { user: 'root', roles: [], admin: true } };
const URL = 'https://lab.example/hook';
const HOUR_MILLIS = 3_600_000;

const declare = ({ context }: TaskProcess, all = false, webhook = 'lab') =>
  putWebhook(context, ADMIN, { webhook, url: URL, all });
const shown = async ({ context }: TaskProcess) => (await listWebhooks(context, ADMIN)).webhooks[0];

interface Posted {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}
const bodies = ({ posted }: MemoryWorld) => posted.map(({ body }): Posted => JSON.parse(body));
const typesOf = (world: MemoryWorld) => bodies(world).map(({ type, data }) => `${data.task} ${type}`);

/** Processes in a world where calls of this name fail for as long as `fails` says so. */
function unreliable(name: CallName = 'post') {
  const world = new MemoryWorld();
  const trouble = { fails: true };
  const onCall = (call: { name: CallName }): Fault | undefined =>
    call.name === name && trouble.fails ? 'unavailable' : undefined;
  return { world, trouble, process: startTasks({ world, onCall }) };
}

/** A task that is told to webhook `lab`, ended. */
async function ended(process: TaskProcess, replyTo = 'webhook:lab'): Promise<string> {
  const { id } = await process.submit({ name: 'n', queue: 'q', replyTo });
  await process.end({ token: await takeOne(process), outcome: 'succeeded', result: { ok: true } });
  return id;
}

async function minutes(process: TaskProcess, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    await process.world.clock.sleep(60_000);
    await process.sweep();
  }
}

test('a webhook that a task names is told of it, signed as Standard Webhooks has it', async () => {
  const process = startTasks();
  const { world } = process;
  await process.queue('q');
  const { secret = '' } = await declare(process);
  await ended(process);
  expect(bodies(world)).toMatchObject([
    { type: 'task.started', data: { id: 'q-1.1.started', task: 'q-1', event: 'started' } },
    { type: 'task.completed', data: { id: 'q-1.2.completed', result: { ok: true } } },
  ]);
  const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = world.posted;
  expect(url).toBe(URL);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  expect(id).toBe('q-1.1.started');
  expect(Number(timestamp)).toBe(Math.floor(world.clock.now() / 1000));
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  expect(signature).toBe(`v1,${expected}`);
});

test('a webhook that is told of everything hears of tasks that are submitted from then on', async () => {
  const process = startTasks();
  await process.queue('q');
  await process.submit({ name: 'n', queue: 'q' });
  await declare(process, true);
  await process.submit({ name: 'n', queue: 'q' });
  for (const _ of [1, 2]) await process.end({ token: await takeOne(process), outcome: 'succeeded' });
  expect(typesOf(process.world)).toEqual(['q-2 task.started', 'q-2 task.completed']);
  expect(await process.show('q-2')).not.toHaveProperty('replyTo', expect.anything());
});

test('one that cannot be reached is told later, in order, and what waits does not wait twice', async () => {
  const { world, trouble, process } = unreliable();
  await process.queue('q');
  await declare(process);
  await ended(process);
  await ended(process);
  expect(process.home.warnings).toHaveLength(1);
  expect(await shown(process)).toMatchObject({
    ...{ isWaiting: true, dropped: 0 },
    failure: { message: 'post did not take place' },
  });
  await minutes(process, 3);
  trouble.fails = false;
  await minutes(process, 5);
  expect(typesOf(world)).toEqual([
    ...['q-1 task.started', 'q-1 task.completed', 'q-2 task.started', 'q-2 task.completed'],
  ]);
  expect(await shown(process)).toMatchObject({ isWaiting: false });
  await ended(process);
  expect(typesOf(world)).toHaveLength(6);
});

test('what befell one task and cannot be told holds back no other', async () => {
  const world = new MemoryWorld();
  let posts = 0;
  /** The first task's start is refused for ever. */
  const onCall = ({ name }: { name: CallName }): Fault | undefined => {
    posts += name === 'post' ? 1 : 0;
    return name === 'post' && (posts === 1 || posts === 2) ? 'unavailable' : undefined;
  };
  const process = startTasks({ world, onCall });
  await process.queue('q');
  await declare(process);
  await ended(process);
  await ended(process);
  await minutes(process, 1);
  expect(typesOf(world)).toEqual(['q-2 task.started', 'q-2 task.completed']);
  await minutes(process, 2);
  expect(typesOf(world).slice(2)).toEqual(['q-1 task.started', 'q-1 task.completed']);
});

test('one that cannot be reached is tried less and less often, and events of more than a day are given up', async () => {
  const { world, process } = unreliable();
  await process.queue('q');
  await declare(process);
  await ended(process);
  const tries = () => process.home.calls.filter(name => name === 'post').length;
  await minutes(process, 60);
  expect(tries()).toBeLessThanOrEqual(10);
  const before = tries();
  await minutes(process, 22 * 60);
  expect(tries() - before).toBeLessThanOrEqual(24);
  expect(await shown(process)).toMatchObject({ isWaiting: true, dropped: 0 });
  await minutes(process, 6 * 60);
  expect(await shown(process)).toMatchObject({ isWaiting: false, dropped: 2 });
  expect(process.home.warnings.filter(warning => warning.includes('was never told'))).toHaveLength(2);
  expect(world.posted).toEqual([]);
});

test('a webhook keeps its secret when it is changed, and is gone with all that waits when it is deleted', async () => {
  const { world, trouble, process } = unreliable();
  await process.queue('q');
  expect(await declare(process)).toHaveProperty('secret');
  expect(await declare(process, true)).not.toHaveProperty('secret');
  expect(await shown(process)).toMatchObject({ name: 'lab', url: URL, all: true });
  expect(await shown(process)).not.toHaveProperty('secret');
  await ended(process);
  await deleteWebhook(process.context, ADMIN, { webhook: 'lab' });
  trouble.fails = false;
  await minutes(process, 3);
  expect(world.posted).toEqual([]);
  await expect(deleteWebhook(process.context, ADMIN, { webhook: 'lab' })).rejects.toThrow(
    'there is no webhook lab',
  );
  await expect(process.submit({ name: 'n', queue: 'q', replyTo: 'webhook:lab' })).rejects.toThrow(
    'replyTo: there is no webhook lab',
  );
});

test('only admins have anything to do with webhooks, and only URLs that the home allows are called', async () => {
  const { context } = startTasks();
  const bob = { caller: { user: 'bob', roles: [], admin: false } };
  const put = { webhook: 'lab', url: URL, all: false };
  await expect(putWebhook(context, bob, put)).rejects.toThrow('only an admin may make or change a webhook');
  await expect(listWebhooks(context, bob)).rejects.toThrow('only an admin');
  await expect(deleteWebhook(context, bob, { webhook: 'lab' })).rejects.toThrow('only an admin');
  await expect(putWebhook(context, ADMIN, { ...put, url: 'http://169.254.169.254/' })).rejects.toThrow(
    'url: it must begin with https:',
  );
});

test('a webhook that is away costs its caller one try, and then none while something waits', async () => {
  const { process } = unreliable();
  await process.queue('q');
  await declare(process);
  for (let task = 0; task < 5; task += 1) await ended(process);
  expect(process.home.calls.filter(name => name === 'post')).toHaveLength(1);
  await process.world.clock.sleep(HOUR_MILLIS);
  await process.sweep();
  expect(process.home.calls.filter(name => name === 'post')).toHaveLength(4);
});

test('webhooks that are slow to fail hold up no others', async () => {
  const world = new MemoryWorld();
  const trouble = { fails: true };
  let trying = 0;
  const process = startTasks({
    world,
    async onCall({ name }): Promise<Fault | undefined> {
      if (name !== 'post') return undefined;
      trying += 1;
      if (trouble.fails) await world.clock.sleep(5_000);
      return trouble.fails ? 'unavailable' : undefined;
    },
  });
  await process.queue('q');
  for (const webhook of ['a', 'b', 'c']) {
    await declare(process, false, webhook);
    await ended(process, `webhook:${webhook}`);
  }
  await world.clock.sleep(60_000);
  trying = 0;
  const begunAt = world.clock.now();
  await process.sweep();
  expect([trying, world.clock.now() - begunAt]).toEqual([3, 5_000]);
});

test('what begins to wait while the sweep finds that nothing does is told by the next one', async () => {
  const { world, trouble, process } = unreliable();
  await process.queue('q');
  await declare(process);
  await ended(process);
  await world.clock.sleep(60_000);
  let hasBegun = false;
  const sweeping = startTasks({
    world,
    async onCall({ name }): Promise<undefined> {
      // All is told, and what it writes next is that nothing waits any more.
      if (name !== 'store.put' || world.posted.length < 2 || hasBegun) return;
      hasBegun = true;
      await ended(process);
    },
  });
  await sweeping.sweep();
  expect(typesOf(world)).toEqual(['q-1 task.started', 'q-1 task.completed']);
  trouble.fails = false;
  await minutes(process, 2);
  expect(typesOf(world).slice(2)).toEqual(['q-2 task.started', 'q-2 task.completed']);
});
