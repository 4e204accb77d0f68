import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routes } from '../../../lib/contract/routes.ts';
import { ackReplies, keepReply, listReplies } from '../../../lib/dispatch/events/reply-queues.ts';
import { PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { MemoryWorld } from '../../support/memory/world.ts';
import { Crash, FAULTS, type Fault } from '../../support/memory-home.ts';
import { startTasks, type TaskProcess, takeOne } from '../tasks/support.ts';

const DAY_MILLIS = 86_400_000;
const ann = { caller: { user: 'ann', roles: [], admin: true } };

const list = ({ context }: TaskProcess, asked: object = {}) =>
  listReplies(context, ann, { ...routes.listReplies.input.parse(asked), replies: 'r' });
const ack = ({ context }: TaskProcess, ids: readonly string[]) =>
  ackReplies(context, ann, { replies: 'r', ids: [...ids] });
const idsOf = async (process: TaskProcess) => (await list(process)).replies.map(({ id }) => id);

/** A task of queue q that replies to `sluice:r`, and the token of its worker. */
async function held(process: TaskProcess): Promise<string> {
  await process.queue('q', { retryBackoffSeconds: 0 });
  await process.submit({ name: 'n', queue: 'q', replyTo: 'sluice:r', correlationId: 'c' });
  return takeOne(process);
}

test('what befell a task is listed in order until it is acknowledged', async () => {
  const process = startTasks();
  const token = await held(process);
  await process.update({ token });
  await process.end({ token, outcome: 'succeeded', result: { ok: true } });
  const { replies } = await list(process);
  expect(replies).toMatchObject([
    { id: 'q-1.1.started', event: 'started', task: 'q-1', attempt: 1, worker: 'w', correlationId: 'c' },
    { id: 'q-1.2.completed', event: 'completed', result: { ok: true } },
  ]);
  expect((await list(process, { limit: 1 })).replies).toHaveLength(1);
  expect(await ack(process, ['q-1.2.completed', 'q-9.1.started'])).toEqual({
    acknowledged: ['q-1.2.completed'],
  });
  expect(await ack(process, ['q-1.2.completed'])).toEqual({ acknowledged: [] });
  expect(await idsOf(process)).toEqual(['q-1.1.started']);
});

/** What goes wrong, at which call to a port. */
const mishaps = fc.record({ at: fc.integer({ min: 1, max: 30 }), fault: fc.constantFrom(...FAULTS) });

test('whatever goes wrong, each reply is read in order, and comes once', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mishaps, { maxLength: 4 }), async troubles => {
      const world = new MemoryWorld();
      const calm = startTasks({ world });
      const token = await held(calm);
      const faults = new Map(troubles.map(({ at, fault }) => [at, fault]));
      const read: string[] = [];
      let number = 0;
      const start = () =>
        startTasks({
          world,
          onCall(): Fault | undefined {
            number += 1;
            return faults.get(number);
          },
        });
      /** Asks for the same until it is answered, by another process where one died. */
      const insist = async <T>(act: (process: TaskProcess) => Promise<T>): Promise<T> => {
        for (;;)
          try {
            return await act(start());
          } catch (error) {
            if (!(error instanceof Crash || error instanceof PortUnavailable)) throw error;
          }
      };
      const readAll = async () => {
        const { replies } = await insist(list);
        const ids = replies.map(({ id }) => id);
        read.push(...ids);
        // Whose answer was lost reads them again before it acknowledges: that is not a repetition.
        if (ids.length > 0) await insist(process => ack(process, ids));
      };
      await insist(process => process.update({ token }));
      await readAll();
      await insist(process => process.end({ token, outcome: 'succeeded' }));
      await readAll();
      for (let minutes = 0; minutes < 3; minutes += 1) {
        await world.clock.sleep(60_000);
        await calm.sweep();
        await readAll();
      }
      expect(read).toEqual(['q-1.1.started', 'q-1.2.completed']);
    }),
    { numRuns: 300 },
  );
});

test('a reply that is delivered again after it was acknowledged stays away', async () => {
  const process = startTasks();
  const event = {
    ...{
      id: 'q-1.1.started',
      type: 'task.started',
      subject: 'q-1',
      at: process.world.clock.now(),
      owner: 'ann',
    },
    message: {
      ...{ id: 'q-1.1.started', event: 'started', task: 'q-1', queue: 'q', name: 'n', attempt: 1 },
      at: process.world.clock.now(),
    },
  };
  const queue = { owner: 'ann', name: 'r' };
  await keepReply(process.context, queue, event);
  await keepReply(process.context, queue, event);
  expect(await idsOf(process)).toEqual([event.id]);
  await ack(process, [event.id]);
  await keepReply(process.context, queue, event);
  expect(await idsOf(process)).toEqual([]);
});

test('replies that nobody takes are forgotten after 14 days, and so is that they were taken', async () => {
  const process = startTasks();
  const { world } = process;
  const token = await held(process);
  await process.update({ token });
  await process.end({ token, outcome: 'succeeded' });
  await ack(process, ['q-1.1.started']);
  await world.clock.sleep(14 * DAY_MILLIS - 1);
  expect(await idsOf(process)).toEqual(['q-1.2.completed']);
  await world.clock.sleep(10);
  expect(await idsOf(process)).toEqual([]);
  const kept = async () =>
    (
      await Promise.all(
        ['replies/ann/r', 'replies-taken/ann/r', 'reply-queues'].map(name =>
          process.context.store.list(name, { limit: 9 }),
        ),
      )
    ).map(({ length }) => length);
  const sweepForAnHour = async () => {
    for (let minute = 0; minute < 60; minute += 1) {
      await process.sweep();
      await world.clock.sleep(60_000);
    }
  };
  await sweepForAnHour();
  expect(await kept()).toEqual([0, 0, 1]);
  await world.clock.sleep(2 * DAY_MILLIS);
  await sweepForAnHour();
  expect(await kept()).toEqual([0, 0, 0]);
});

test('a reply costs a get and two puts: whether it was taken before, itself, and that it was sent', async () => {
  const process = startTasks();
  const token = await held(process);
  await process.update({ token });
  const before = process.home.calls.length;
  await process.end({ token, outcome: 'succeeded' });
  expect(process.home.calls.slice(before)).toEqual([
    ...['store.get', 'store.put', 'tickets.delete'],
    ...['store.get', 'store.put', 'store.put'],
  ]);
});
