import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { callUsage, PRICES, plus, priceOf, type Usage } from '../../lib/domain/prices.ts';
import type { Bill } from '../cost/meter.ts';
import { newPlace, type Place } from '../cost/place.ts';
import { type MeteredSluice, meteredSluice } from '../cost/sluice.ts';
import { dollarsPerMillionTasks, taskBill } from '../cost/tasks.ts';

const PATIENCE_MILLIS = 200_000;

let place: Place;
beforeAll(async () => {
  place = await newPlace();
});
afterAll(() => place.remove());

const Held = z.object({ tasks: z.array(z.object({ token: z.string() })).min(1) });

/** A process that has met its queue, and asks for its tasks. */
async function atWork() {
  const sluice = meteredSluice(place);
  const ask = (verb: string, input: object) => sluice.api({ verb, ...input });
  await ask('putQueue', { queue: 'q' });
  const submit = () => ask('submitTask', { name: 'promote', queue: 'q', args: { cart: 'tomcat' } });
  const reserve = async () => {
    for (;;) {
      const reply = Held.safeParse(await ask('reserveTasks', { worker: 'w', queues: ['q'] }));
      const [held] = reply.success ? reply.data.tasks : [];
      if (held) return held.token;
    }
  };
  await submit();
  await ask('endTask', { token: await reserve(), outcome: 'succeeded' });
  sluice.meter.bill();
  return { ...sluice, ask, submit, reserve };
}

/** What was asked for, without what a process learns now and then, and what is paid for it with so many calls. */
function billOf({ meter }: MeteredSluice, calls: number) {
  const counts: Record<string, number> = {};
  let usage: Usage = {};
  for (const [purpose, taken] of meter.bill()) {
    if (/GetQueueUrl|Query queues/.test(purpose)) continue;
    // The names of files are random.
    counts[purpose.replace(/ logs\/.*/, ' logs')] = taken.requests;
    usage = plus(usage, taken.usage);
  }
  return { counts, usage, dollarsPerMillion: priceOf(plus(usage, callUsage(0), calls)) * 1e6 };
}

test('a task that is submitted, reserved, told of and ended takes four writes and three reads', {
  timeout: PATIENCE_MILLIS,
}, async () => {
  const work = await atWork();
  await work.submit();
  const token = await work.reserve();
  await work.ask('updateTask', { token, progress: { current: 1, total: 2 } });
  await work.ask('endTask', { token, outcome: 'succeeded', result: { promoted: 'tomcat' } });
  const { counts, usage, dollarsPerMillion } = billOf(work, 4);
  const { 'SQS ReceiveMessage': receives = 0, ...others } = counts;
  expect(others).toEqual({
    ...{ 'SQS SendMessageBatch': 1, 'SQS ChangeMessageVisibility': 1, 'SQS DeleteMessage': 1 },
    ...{ 'DynamoDB PutItem tasks/q': 4, 'DynamoDB GetItem tasks/q': 3 },
  });
  expect(usage).toMatchObject({ writeUnits: 4, readUnits: 3 });
  // The emulator may be slow to have its ticket.
  expect(dollarsPerMillion - (receives - 1) * PRICES.sqsRequests).toBeLessThan(5.7);
});

test('lines that are appended one by one take less than three writes and two and a half reads', {
  timeout: PATIENCE_MILLIS,
}, async () => {
  const work = await atWork();
  await work.submit();
  const token = await work.reserve();
  await work.ask('appendLog', { token, text: 'begin\n' });
  work.meter.bill();
  // As many as fill two chunks.
  const lines = 82;
  for (let n = 0; n < lines; n += 1) await work.ask('appendLog', { token, text: `${'x'.repeat(99)}\n` });
  const { counts, usage, dollarsPerMillion } = billOf(work, lines);
  expect(counts).toEqual({
    ...{ 'DynamoDB GetItem tasks/q': lines, 'DynamoDB GetItem task-logs/q': lines },
    'DynamoDB PutItem task-logs/q': lines + 1,
  });
  expect((usage.writeUnits ?? 0) / lines).toBeLessThan(3);
  expect((usage.readUnits ?? 0) / lines).toBeLessThan(2.5);
  expect(dollarsPerMillion / lines).toBeLessThan(2.3);
});

test('half a megabyte of lines at once takes an object and ten writes', {
  timeout: PATIENCE_MILLIS,
}, async () => {
  const work = await atWork();
  await work.submit();
  const token = await work.reserve();
  const text = `${'x'.repeat(99)}\n`.repeat(5000);
  await work.ask('appendLog', { token, text });
  work.meter.bill();
  await work.ask('appendLog', { token, text });
  const { counts, usage, dollarsPerMillion } = billOf(work, 1);
  expect(counts).toEqual({
    ...{ 'DynamoDB GetItem tasks/q': 1, 'DynamoDB GetItem task-logs/q': 1 },
    ...{ 'S3 PutObject logs': 1, 'DynamoDB PutItem task-logs/q': 2 },
  });
  expect(usage).toMatchObject({ s3Writes: 1, writeUnits: 10 });
  expect(dollarsPerMillion).toBeLessThan(12);
});

test('a task that a function runs takes as many writes and reads, and no look at the queue', {
  timeout: PATIENCE_MILLIS,
}, async () => {
  const bill = await taskBill(place, 'function');
  expect(requestsOf(bill)).toEqual({
    'SQS SendMessageBatch': 1,
    ...{ 'DynamoDB PutItem tasks/cost-function': 4, 'DynamoDB GetItem tasks/cost-function': 3 },
  });
  expect(dollarsPerMillionTasks(bill, 'function')).toBeCloseTo(5.21, 2);
});

test('a worker that polls looks for what is more urgent first, where there is no queue for it', {
  timeout: PATIENCE_MILLIS,
}, async () => {
  const bill = await taskBill(place, 'worker');
  expect(requestsOf(bill)).toEqual({
    ...{ 'SQS SendMessageBatch': 1, 'SQS GetQueueUrl': 1, 'SQS ReceiveMessage': 1 },
    ...{ 'SQS ChangeMessageVisibility': 1, 'SQS DeleteMessage': 1 },
    ...{ 'DynamoDB PutItem tasks/cost-worker': 4, 'DynamoDB GetItem tasks/cost-worker': 3 },
  });
  expect(dollarsPerMillionTasks(bill, 'worker')).toBeCloseTo(6.01, 2);
});

function requestsOf(bill: Bill): Record<string, number> {
  return Object.fromEntries([...bill].map(([purpose, { requests }]) => [purpose, requests]));
}
