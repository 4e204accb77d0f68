import { readFile } from 'node:fs/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import type { RouteInput } from '../../lib/contract/routes.ts';
import { asCloudFormation } from './as-cloud-formation.ts';
import { addresses, clientAt, functions, SOON } from './home.ts';
import { home } from './home-under-test.ts';

/** A function of the stack runs the tasks of the queue `lambda`, for four seconds at a time: see worker-app.ts. */
const QUEUE = 'lambda';
const MINUTE = 60_000;
const [[, api = ''] = []] = addresses.slice(-1);
const client = clientAt(api);
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

async function urlOf(name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: `${home.queuePrefix}t-${QUEUE}-${name}` }),
  );
  return QueueUrl;
}

async function send(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf('normal'), MessageBody: body }));
}

async function submit(name: string, fields: Partial<RouteInput<'submitTask'>> = {}): Promise<string> {
  return (await client.submitTask({ name, queue: QUEUE, ...fields })).id;
}

const ended = (task: string) => expect.poll(() => client.showTask({ task }), SOON);

const NO_TICKET = '{"hello":"world"}';
/** A task whose first function dies: it is submitted first, as it takes longest. */
let dying = '';
let declared: unknown;

beforeAll(async () => {
  const Configuration = await readFile('test/acceptance/worker-queues.json', 'utf8');
  const stack = home.queuePrefix.replace(/^sluice-|-$/g, '');
  const create = { RequestType: 'Create', ResourceProperties: { Configuration } };
  declared = await asCloudFormation(stack, 'the queues that the stack declares', create);
  dying = await submit('dies');
  await send(NO_TICKET);
});

test('the queue that the stack declares is there', async () => {
  expect(declared).toMatchObject({ Status: 'SUCCESS' });
  expect(await client.showQueue({ queue: QUEUE })).toMatchObject({ leaseSeconds: 5, bindings: ['echo'] });
});

test('a task is run by the function that SQS feeds', async () => {
  const [high, low] = [
    await submit('echo', { priority: 'high', args: { n: 1 } }),
    await submit('echo', { priority: 'low' }),
  ];
  await ended(high).toMatchObject({
    ...{ state: 'succeeded', result: { args: { n: 1 }, attempt: 1 } },
    history: [{ event: { seen: { n: 1 } } }],
  });
  await ended(low).toMatchObject({ state: 'succeeded' });
});

test('a ticket that is given again runs nothing again', async () => {
  const task = await submit('echo');
  await ended(task).toMatchObject({ state: 'succeeded' });
  const before = await client.showTask({ task });
  const body = JSON.stringify({ block: Number(task.split('-').at(-1)), generation: 1 });
  for (let n = 0; n < 3; n += 1) await send(body);
  // What was sent after them has run: so they were looked at.
  await ended(await submit('echo')).toMatchObject({ state: 'succeeded' });
  expect(await client.showTask({ task })).toEqual(before);
});

test('a handler in steps is run by one function after the other', async () => {
  await ended(await submit('counts')).toMatchObject({ state: 'succeeded', result: { n: 3 }, attempt: 1 });
});

test('a task that outlasts its function is tried again', async () => {
  await ended(await submit('hangs')).toMatchObject({ state: 'succeeded', result: { attempt: 2 } });
});

test('a task for later is begun in time, and not before', async () => {
  const task = await submit('echo', { delaySeconds: 5 });
  await ended(task).toMatchObject({ state: 'succeeded' });
  const { startedAt = 0, createdAt } = await client.showTask({ task });
  expect(startedAt - createdAt).toBeGreaterThanOrEqual(5_000);
});

test('a task whose function dies is tried again', { timeout: 3 * MINUTE }, async () => {
  // The emulator knows no schedule.
  const sweep = new InvokeCommand({ FunctionName: functions.sweep, Payload: '{}' });
  const swept = async () => {
    await new LambdaClient().send(sweep);
    return client.showTask({ task: dying });
  };
  const limits = { timeout: 2 * MINUTE, interval: 2_000 };
  await expect.poll(swept, limits).toMatchObject({ state: 'succeeded', result: { attempt: 2 } });
});

test('a message that is no ticket has gone to the dead-letter queue, and the function works on', {
  timeout: 3 * MINUTE,
}, async () => {
  const all = { VisibilityTimeout: 0, MaxNumberOfMessages: 10 };
  const receive = new ReceiveMessageCommand({ QueueUrl: await urlOf('dead'), ...all });
  const dead = async () => (await sqs.send(receive)).Messages?.map(({ Body }) => Body);
  await expect.poll(dead, { timeout: 2 * MINUTE, interval: 2_000 }).toContain(NO_TICKET);
  await ended(await submit('echo')).toMatchObject({ state: 'succeeded' });
});
