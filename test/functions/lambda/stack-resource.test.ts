import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { answerStack } from '../../../functions/lambda/stack-resource.ts';
import { MemoryClock } from '../../support/memory/clock.ts';

/** CloudFormation as the function of a resource sees it: an event, and where the answer goes. */
async function setup() {
  const world = { status: 200, answers: [] as unknown[] };
  const server = createServer(async (request, response) => {
    world.answers.push(await json(request));
    response.writeHead(world.status).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const eventOf = (RequestType: string) => ({
    RequestType,
    ResponseURL: `http://127.0.0.1:${port}/`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Contents',
    ResourceProperties: {},
  });
  const clock = new MemoryClock();
  const ask = (RequestType: string, remove: () => Promise<void>) =>
    answerStack(eventOf(RequestType), { remove, clock, remainingMillis: 900_000 });
  return { world, ask, eventOf, clock };
}

const ANSWER = {
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Contents',
  PhysicalResourceId: 'Contents',
};

test.each([
  ['Create', 0],
  ['Update', 0],
  ['Delete', 1],
])('on %s it removes something %i times, and answers', async (type, times) => {
  const { world, ask } = await setup();
  let removals = 0;

  await ask(type, async () => {
    removals += 1;
  });

  expect(removals).toBe(times);
  expect(world.answers).toEqual([{ ...ANSWER, Status: 'SUCCESS' }]);
});

test.each([
  ['Create', 1],
  ['Update', 1],
  ['Delete', 0],
])('on %s it makes %i times what its properties say, and answers', async (RequestType, times) => {
  const { world, eventOf, clock } = await setup();
  const made: unknown[] = [];

  await answerStack(
    { ...eventOf(RequestType), ResourceProperties: { Configuration: '{}' } },
    { make: async properties => void made.push(properties), clock, remainingMillis: 900_000 },
  );

  expect(made).toEqual(Array.from({ length: times }, () => ({ Configuration: '{}' })));
  expect(world.answers).toEqual([{ ...ANSWER, Status: 'SUCCESS' }]);
});

test('a deletion needs no properties', async () => {
  const { world, eventOf, clock } = await setup();
  const { ResourceProperties: _, ...event } = eventOf('Delete');

  await answerStack(event, { remove: async () => {}, clock, remainingMillis: 900_000 });

  expect(world.answers).toEqual([{ ...ANSWER, Status: 'SUCCESS' }]);
});

test('what cannot be removed fails the deletion, with the reason', async () => {
  const { world, ask } = await setup();

  await ask('Delete', async () => {
    throw new Error('the bucket is not ours');
  });

  expect(world.answers).toEqual([{ ...ANSWER, Status: 'FAILED', Reason: 'the bucket is not ours' }]);
});

test('what takes longer than the function has is answered before it ends', async () => {
  const { world, ask, clock } = await setup();
  const begun = clock.now();

  await ask('Delete', () => new Promise(() => {}));

  expect(clock.now() - begun).toBe(890_000);
  expect(world.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('again') }]);
});

test('an answer that is not taken is an error of the function', async () => {
  const { world, ask } = await setup();
  world.status = 403;

  await expect(ask('Create', async () => {})).rejects.toThrow('403');
});
