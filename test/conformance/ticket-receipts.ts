import { expect, test } from 'vitest';
import { type MakeQueue, receiveAll, receiveOne, ticket, WHILE_MILLIS } from './queue-under-test.ts';

const VOID_RECEIPT = 'a receipt that nobody was given';

export function hides(makeQueue: MakeQueue): void {
  test('hides a ticket until the given time, for longer than a receive does', async () => {
    const { queue, now, advance, visibilityMillis } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    const { receipt } = await receiveOne(queue);
    await queue.hide('q', receipt, now() + visibilityMillis + WHILE_MILLIS + 0.5);
    await advance(visibilityMillis);
    expect(await queue.receive('q')).toBeUndefined();
    await advance(WHILE_MILLIS + 1_000);
    expect(await queue.receive('q')).toMatchObject({ block: 1, receives: 2 });
  });

  test('until 0 makes a ticket visible at once', async () => {
    const { queue } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    for (const receives of [1, 2, 3]) {
      const received = await receiveOne(queue);
      expect(received.receives).toBe(receives);
      await queue.hide('q', received.receipt, 0);
    }
  });

  test('until a time that has passed makes a ticket visible at once', async () => {
    const { queue, now } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    await queue.hide('q', (await receiveOne(queue)).receipt, now() - 1);
    expect(await queue.receive('q')).toMatchObject({ block: 1 });
  });

  test('until the end of time hides a ticket for as long as the queue can', async () => {
    const { queue, advance, visibilityMillis } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    await queue.hide('q', (await receiveOne(queue)).receipt, Number.MAX_SAFE_INTEGER);
    await advance(visibilityMillis);
    expect(await queue.receive('q')).toBeUndefined();
  });

  test('again with the same receipt moves the time', async () => {
    const { queue, now } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    const { receipt } = await receiveOne(queue);
    await queue.hide('q', receipt, now() + WHILE_MILLIS);
    await queue.hide('q', receipt, 0);
    expect(await queue.receive('q')).toMatchObject({ block: 1 });
  });
}

export function deletes(makeQueue: MakeQueue): void {
  test('a deleted ticket never comes again, and others stay', async () => {
    const { queue, advance, visibilityMillis } = await makeQueue();
    await queue.send('q', [ticket(1), ticket(2)]);
    const gone = await receiveOne(queue);
    await queue.delete('q', gone.receipt);
    await advance(visibilityMillis);
    expect(await receiveAll(queue)).toEqual([3 - gone.block]);
  });

  test('a ticket can be deleted while it is hidden, and twice', async () => {
    const { queue, now, advance } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    const { receipt } = await receiveOne(queue);
    await queue.hide('q', receipt, now() + WHILE_MILLIS);
    await queue.delete('q', receipt);
    await queue.delete('q', receipt);
    await advance(WHILE_MILLIS + 1_000);
    expect(await queue.receive('q')).toBeUndefined();
  });

  test('a dropped queue holds nothing more, and others stay', async () => {
    const { queue, advance, visibilityMillis } = await makeQueue();
    await queue.send('q', [ticket(1), ticket(2)]);
    await queue.send('other', [ticket(3)]);
    await receiveOne(queue);
    await queue.drop('q');
    await advance(visibilityMillis);
    expect(await queue.receive('q')).toBeUndefined();
    expect(await receiveAll(queue, 'other')).toEqual([3]);
  });

  test('a queue that was never used can be dropped', async () => {
    const { queue } = await makeQueue();
    await queue.drop('q');
    expect(await queue.receive('q')).toBeUndefined();
  });
}

export function overtaken(makeQueue: MakeQueue): void {
  /** A ticket received twice: the first receipt is void. */
  const twiceReceived = async () => {
    const under = await makeQueue();
    await under.queue.send('q', [ticket(1)]);
    const first = await receiveOne(under.queue);
    await under.advance(under.visibilityMillis);
    return { ...under, first, second: await receiveOne(under.queue) };
  };

  test('do not make a ticket visible that somebody else received', async () => {
    const { queue, first } = await twiceReceived();
    await queue.hide('q', first.receipt, 0);
    expect(await queue.receive('q')).toBeUndefined();
  });

  test('do not hide a ticket from others for longer', async () => {
    const { queue, now, advance, visibilityMillis, first } = await twiceReceived();
    await queue.hide('q', first.receipt, now() + visibilityMillis + 3_600_000);
    await advance(visibilityMillis);
    expect(await queue.receive('q')).toMatchObject({ block: 1, receives: 3 });
  });

  test('do not delete a ticket', async () => {
    const { queue, first, second } = await twiceReceived();
    await queue.delete('q', first.receipt);
    await queue.hide('q', second.receipt, 0);
    expect(await queue.receive('q')).toMatchObject({ block: 1, receives: 3 });
  });

  test('of deleted tickets change no ticket that was sent since', async () => {
    const { queue, advance, visibilityMillis, second } = await twiceReceived();
    await queue.delete('q', second.receipt);
    await queue.send('q', [ticket(2)]);
    await queue.hide('q', (await receiveOne(queue)).receipt, 0);
    await receiveOne(queue);
    await queue.hide('q', second.receipt, 0);
    expect(await queue.receive('q')).toBeUndefined();
    await queue.delete('q', second.receipt);
    await advance(visibilityMillis);
    expect(await queue.receive('q')).toMatchObject({ block: 2, receives: 3 });
  });

  test('and receipts that nobody was given change nothing', async () => {
    const { queue } = await makeQueue();
    await queue.send('q', [ticket(1)]);
    await queue.hide('q', VOID_RECEIPT, Number.MAX_SAFE_INTEGER);
    await queue.delete('q', VOID_RECEIPT);
    expect(await queue.receive('q')).toMatchObject({ block: 1 });
  });
}
