import { describe, expect, test } from 'vitest';
import { type MakeQueue, receiveAll, receiveOne, ticket, WHILE_MILLIS } from './queue-under-test.ts';
import { deletes, hides, overtaken } from './ticket-receipts.ts';

/** What every `TicketQueue` must do. `makeQueue` gives an empty one, and sees to its end itself. */
export function describeTicketQueue(name: string, makeQueue: MakeQueue): void {
  describe(`${name} as a ticket queue`, () => {
    describe('send and receive', () => sendAndReceive(makeQueue));
    describe('hide', () => hides(makeQueue));
    describe('delete and drop', () => deletes(makeQueue));
    describe('overtaken receipts', () => overtaken(makeQueue));
  });
}

function sendAndReceive(makeQueue: MakeQueue): void {
  test('a queue that nothing was sent to is empty', async () => {
    const { queue } = await makeQueue();
    expect(await queue.receive('q')).toBeUndefined();
  });

  test('a ticket arrives with its block and generation, received for the first time', async () => {
    const { queue } = await makeQueue();
    await queue.send('q', [ticket(39_062, { generation: 7 })]);
    expect(await queue.receive('q')).toMatchObject({ block: 39_062, generation: 7, receives: 1 });
  });

  test('each of many tickets is received once while it is hidden', async () => {
    const { queue } = await makeQueue();
    const blocks = Array.from({ length: 25 }, (_, block) => block);
    await queue.send(
      'q',
      blocks.map(block => ticket(block)),
    );
    expect(await receiveAll(queue)).toEqual(blocks);
  });

  test('the same ticket sent twice is two tickets', async () => {
    const { queue } = await makeQueue();
    await queue.send('q', [ticket(1), ticket(1)]);
    expect(await receiveAll(queue)).toEqual([1, 1]);
  });

  test('sending nothing is no error', async () => {
    const { queue } = await makeQueue();
    await queue.send('q', []);
    expect(await queue.receive('q')).toBeUndefined();
  });

  test('queues do not mix', async () => {
    const { queue } = await makeQueue();
    const names = ['p1-default', 'p1-tape', 'p11-default', 'P1-default'];
    for (const [block, name] of names.entries()) await queue.send(name, [ticket(block)]);
    for (const [block, name] of names.entries()) expect(await receiveAll(queue, name)).toEqual([block]);
  });

  test('a ticket that is visible later is not received sooner', async () => {
    const { queue, now, advance } = await makeQueue();
    await queue.send('q', [ticket(1), ticket(2, { visibleAt: now() + WHILE_MILLIS + 0.5 })]);
    expect(await receiveAll(queue)).toEqual([1]);
    await advance(WHILE_MILLIS + 1_000);
    expect(await receiveAll(queue)).toEqual([2]);
  });

  test('a received ticket is hidden for a while, then comes again and counts its receives', async () => {
    const { queue, advance, visibilityMillis } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    const first = await receiveOne(queue);
    expect(await queue.receive('q')).toBeUndefined();
    await advance(visibilityMillis);
    const second = await receiveOne(queue);
    expect(second).toMatchObject({ block: 1, generation: 1, receives: 2 });
    expect(second.receipt).not.toBe(first.receipt);
  });
}
