import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Bell } from '../../lib/dispatch/ports.ts';
import { type MakeQueue, receiveOne, ticket } from './queue-under-test.ts';

/** Longer than any test lets pass, unless it waits for the end. */
const LONG_MILLIS = 20_000;
const SOON_MILLIS = 2_000;

/** What the bell of a queue must do, where there is one. */
export function describeBell(name: string, makeQueue: MakeQueue): void {
  const begin = async () => {
    const under = await makeQueue();
    const { bell } = under.queue;
    if (!bell) throw new Error(`${name} has no bell`);
    const waitFor = (queues: readonly string[], signal?: AbortSignal) => waiting(bell, queues, signal);
    return { ...under, bell, waitFor };
  };

  describe(`the bell of ${name}`, () => {
    test('a wait ends after its time, not before', async () => {
      const { waitFor, advance } = await begin();
      const wait = waitFor(['q']);
      await advance(LONG_MILLIS - 1_000);
      expect(await wait.isOver()).toBe(false);
      await advance(1_000);
      expect(await wait.isOver()).toBe(true);
    });

    test('a wait of no time is over at once', async () => {
      const { bell } = await begin();
      await bell.wait(['q'], 0);
    });

    test('a ticket sent to one of the queues ends a wait, one sent to another queue does not', async () => {
      const { queue, waitFor } = await begin();
      const wait = waitFor(['a', 'b']);
      await queue.send('c', [ticket(1)]);
      expect(await wait.isOver()).toBe(false);
      await queue.send('b', [ticket(1)]);
      expect(await wait.isOver()).toBe(true);
    });

    test('a wait is over at once when a ticket is visible', async () => {
      const { queue, waitFor } = await begin();
      await queue.send('q', [ticket(1)]);
      expect(await waitFor(['q']).isOver()).toBe(true);
    });

    test('a ticket that is due later ends a wait when it is due, whether it was sent before or during', async () => {
      const { queue, waitFor, now, advance } = await begin();
      const later = [ticket(1, { visibleAt: now() + SOON_MILLIS })];
      await queue.send('before', later);
      const waits = [waitFor(['before']), waitFor(['during'])];
      await queue.send('during', later);
      await advance(SOON_MILLIS);
      for (const wait of waits) expect(await wait.isOver()).toBe(true);
      expect(await queue.receive('before')).toBeDefined();
    });

    test('a ticket that is due before the end of a wait leaves it alone until then', async () => {
      const { queue, waitFor, now, advance } = await begin();
      await queue.send('q', [ticket(1, { visibleAt: now() + SOON_MILLIS })]);
      const wait = waitFor(['q']);
      await advance(SOON_MILLIS - 1);
      expect(await wait.isOver()).toBe(false);
    });

    test('a ticket made visible ends a wait', async () => {
      const { queue, waitFor } = await begin();
      await queue.send('q', [ticket(1)]);
      const { receipt } = await receiveOne(queue);
      const wait = waitFor(['q']);
      expect(await wait.isOver()).toBe(false);
      await queue.hide('q', receipt, 0);
      expect(await wait.isOver()).toBe(true);
    });

    test('a ticket hidden for less than a wait ends it no later than when it is due', async () => {
      const { queue, waitFor, now, advance } = await begin();
      await queue.send('q', [ticket(1)]);
      const { receipt } = await receiveOne(queue);
      const wait = waitFor(['q']);
      await queue.hide('q', receipt, now() + SOON_MILLIS);
      await advance(SOON_MILLIS);
      expect(await wait.isOver()).toBe(true);
    });

    test('a ticket hidden beyond the end of a wait leaves it alone', async () => {
      const { queue, waitFor, now } = await begin();
      await queue.send('q', [ticket(1)]);
      const { receipt } = await receiveOne(queue);
      const wait = waitFor(['q']);
      await queue.hide('q', receipt, now() + 10 * LONG_MILLIS);
      expect(await wait.isOver()).toBe(false);
    });

    test('ringing ends every wait for that queue, and no later one', async () => {
      const { bell, waitFor } = await begin();
      const waits = [waitFor(['q']), waitFor(['other', 'q'])];
      const other = waitFor(['other']);
      bell.ring('q');
      for (const wait of waits) expect(await wait.isOver()).toBe(true);
      expect(await other.isOver()).toBe(false);
      expect(await waitFor(['q']).isOver()).toBe(false);
    });

    test('dropping a queue ends the waits for it', async () => {
      const { queue, waitFor } = await begin();
      const wait = waitFor(['q']);
      await queue.drop('q');
      expect(await wait.isOver()).toBe(true);
    });

    test('a wait ends when its signal aborts, before or during', async () => {
      const { waitFor } = await begin();
      const controller = new AbortController();
      const wait = waitFor(['q'], controller.signal);
      expect(await wait.isOver()).toBe(false);
      controller.abort();
      expect(await wait.isOver()).toBe(true);
      expect(await waitFor(['q'], controller.signal).isOver()).toBe(true);
    });
  });
}

/** A wait, and whether it is over when all that needs no time has happened. */
function waiting(bell: Bell, queues: readonly string[], signal?: AbortSignal) {
  let over = false;
  const wait = bell.wait(queues, LONG_MILLIS, signal).then(() => {
    over = true;
  });
  return {
    async isOver(): Promise<boolean> {
      for (let turns = 0; turns < 5; turns += 1) await Promise.race([wait, turn()]);
      return over;
    },
  };
}
