import { describe, expect, test } from 'vitest';
import { MemoryWorld } from '../../support/memory/world.ts';
import { startTasks, type TaskProcess, takeOne } from './support.ts';

const TICKETS = 't-q-normal';
const MINUTE = 60_000;
/** As long as a queue hides what it gave to a function. */
const HIDDEN_MILLIS = 30_000;

type Settings = Parameters<TaskProcess['queue']>[1];

/** A process, and a queue whose tickets go to functions. */
async function fed(settings: Settings = {}): Promise<TaskProcess> {
  const process = startTasks({ tellsEmpty: true });
  await process.queue('q', { leaseSeconds: 60, retryBackoffSeconds: 0, ...settings });
  return process;
}

/** What is left to be given to functions, now or later. */
const ticketsLeft = ({ world }: TaskProcess) => world.queues.ticketsOf(TICKETS).length;

interface Given {
  readonly reply: Awaited<ReturnType<TaskProcess['reserveByTicket']>>;
  /** The function ended, and the queue deletes the ticket. */
  readonly end: () => void;
}

/** A function is given the next ticket, and asks for its task; undefined when there is no ticket. */
async function give(
  { world, reserveByTicket, context }: TaskProcess,
  worker = 'f',
): Promise<Given | undefined> {
  const ticket = world.queues.receive(TICKETS);
  if (!ticket) return undefined;
  const { block: number, generation, receipt } = ticket;
  const reply = await reserveByTicket({ worker, queue: 'q', number, generation, requestId: context.newId() });
  return { reply, end: () => world.queues.delete(TICKETS, receipt) };
}

/** The same, for a test that knows that a task is there; answers its token. */
async function begin(process: TaskProcess, worker?: string): Promise<{ token: string; end: () => void }> {
  const given = await give(process, worker);
  if (given?.reply.status !== 'reserved')
    throw new Error(`there is no task: ${JSON.stringify(given?.reply)}`);
  return { token: given.reply.reservation.token, end: given.end };
}

/** Gives tickets to functions that do nothing with what they get, until a task is reserved; answers the minutes. */
async function minutesUntilReserved(process: TaskProcess, most = 120): Promise<number> {
  const { clock } = process.world;
  const since = clock.now();
  while (clock.now() - since <= most * MINUTE) {
    const given = await give(process);
    given?.end();
    if (given?.reply.status === 'reserved') return (clock.now() - since) / MINUTE;
    if (given) continue;
    await process.sweep();
    await clock.sleep(10_000);
  }
  throw new Error(`nothing was reserved within ${most} minutes`);
}

const one = { name: 'n', queue: 'q' };

describe('a ticket that the queue gives to a function', () => {
  test('reserves the task that it names, and no other', async () => {
    const process = await fed();
    await process.submitMany({ tasks: [one, one] });
    const { reservation } = await process
      .reserveByTicket({ worker: 'f', queue: 'q', number: 2, generation: 1 })
      .then(reply => (reply.status === 'reserved' ? reply : { reservation: undefined }));
    expect(reservation?.task).toMatchObject({ id: 'q-2', state: 'running', worker: 'f', attempt: 1 });
    expect(await process.show('q-1')).toMatchObject({ state: 'queued' });
  });

  test('costs a get and a put; the end of its task costs no look at the queue', async () => {
    const process = await fed();
    await process.submit(one);
    let before = process.home.calls.length;
    const { token, end } = await begin(process);
    expect(process.home.calls.slice(before)).toEqual(['store.get', 'store.put']);
    before = process.home.calls.length;
    await process.end({ token, outcome: 'succeeded' });
    end();
    expect(process.home.calls.slice(before)).toEqual(['store.get', 'store.put']);
    expect(ticketsLeft(process)).toBe(0);
  });

  test('is received twice: one of the two has the task, the other nothing', async () => {
    const process = await fed();
    await process.submit(one);
    await begin(process);
    const again = { queue: 'q', number: 1, generation: 1 };
    expect(await process.reserveByTicket({ ...again, worker: 'g' })).toEqual({ status: 'nothing' });
    expect(await process.reserveByTicket({ ...again, worker: 'f' })).toEqual({ status: 'nothing' });
  });

  test('whose answer was lost is answered the same when the function repeats its call', async () => {
    const process = await fed();
    await process.submit(one);
    const ask = { worker: 'f', queue: 'q', number: 1, generation: 1, requestId: 'r' };
    const first = await process.reserveByTicket(ask);
    expect(first.status).toBe('reserved');
    expect(await process.reserveByTicket(ask)).toEqual(first);
  });

  test('that comes again after the success runs nothing, and none follows it', async () => {
    const process = await fed();
    await process.submit(one);
    const { token } = await begin(process);
    await process.end({ token, outcome: 'succeeded' });
    await process.world.clock.sleep(HIDDEN_MILLIS);
    const again = await give(process);
    expect(again?.reply).toEqual({ status: 'nothing' });
    again?.end();
    expect(ticketsLeft(process)).toBe(0);
  });

  test.each([
    ['at once', 0],
    ['long after its lease would have ended', 600],
  ])('is followed by another one when its task is to be tried again %s', async (_, retryBackoffSeconds) => {
    const process = await fed({ retryBackoffSeconds, retryBackoffMaxSeconds: 600 });
    await process.submit(one);
    const { token, end } = await begin(process);
    await process.end({ token, outcome: 'failed', error: { message: 'no' } });
    end();
    await process.world.clock.sleep(retryBackoffSeconds * 1000);
    expect((await process.show('q-1')).state).toBe('queued');
    await begin(process);
    expect((await process.show('q-1')).attempt).toBe(2);
  });

  test('is followed by another one when its task is given back', async () => {
    const process = await fed();
    await process.submit(one);
    const { token, end } = await begin(process);
    await process.heartbeat({ tokens: [token] });
    await process.end({ token, outcome: 'released' });
    end();
    await begin(process);
    expect((await process.show('q-1')).attempt).toBe(1);
    expect(ticketsLeft(process)).toBe(1);
  });

  test('too early for its task is replaced by one that comes in time', async () => {
    const process = await fed();
    await process.submit({ ...one, delaySeconds: 3600 });
    process.world.queues.drop(TICKETS);
    await process.reserveByTicket({ worker: 'f', queue: 'q', number: 1, generation: 1 });
    expect(await give(process)).toBeUndefined();
    await process.world.clock.sleep(3_600_000);
    await begin(process);
    expect((await process.show('q-1')).state).toBe('running');
  });

  test('of a task that a worker holds is replaced, should that worker never be heard of again', async () => {
    const process = await fed();
    await process.submit(one);
    await takeOne(process, 'q', 'vanishes');
    process.world.queues.drop(TICKETS);
    expect(await process.reserveByTicket({ worker: 'f', queue: 'q', number: 1, generation: 1 })).toEqual({
      status: 'nothing',
    });
    await process.world.clock.sleep(MINUTE);
    await begin(process);
    expect((await process.show('q-1')).attempt).toBe(2);
  });

  test('that came before its task was written says that it is early', async () => {
    const process = await fed();
    await process.submit(one);
    const early = { worker: 'f', queue: 'q', number: 2, generation: 1 };
    expect(await process.reserveByTicket(early)).toEqual({ status: 'early' });
    expect(await process.reserveByTicket({ ...early, number: 1, generation: 2 })).toEqual({
      status: 'early',
    });
  });

  test('of an older generation still begins its task', async () => {
    const process = await fed();
    await process.submit(one);
    const { token } = await begin(process);
    await process.end({ token, outcome: 'released' });
    const old = await process.reserveByTicket({ worker: 'f', queue: 'q', number: 1, generation: 1 });
    expect(old.status).toBe('reserved');
    expect(await minutesUntilReserved(process)).toBeLessThan(3);
  });
});

describe('a function that dies', () => {
  test('loses its task to another one within a minute of its lease', async () => {
    const process = await fed();
    await process.submit(one);
    const { end } = await begin(process);
    end();
    expect(await minutesUntilReserved(process)).toBeLessThanOrEqual(2.2);
    expect((await process.show('q-1')).attempt).toBe(2);
  });

  test('of a task whose time was over is followed after the backoff', async () => {
    const process = await fed({ timeoutSeconds: 30, retryBackoffSeconds: 100 });
    await process.submit(one);
    const { end } = await begin(process);
    end();
    const minutes = await minutesUntilReserved(process);
    expect(minutes).toBeGreaterThanOrEqual(130 / 60);
    expect(minutes).toBeLessThan(4);
  });
});

describe('a queue that hands out nothing', () => {
  test('while it is paused asks nobody to come again; when it is resumed the sweep sends its tickets', async () => {
    const process = await fed();
    await process.submitMany({ tasks: [one, one, one] });
    await process.pause('q');
    for (let n = 0; n < 3; n += 1) (await give(process))?.end();
    for (let minute = 0; minute < 10; minute += 1) {
      await process.sweep();
      await process.world.clock.sleep(MINUTE);
    }
    expect(ticketsLeft(process)).toBe(0);
    await process.resume('q');
    await process.sweep();
    for (let n = 0; n < 3; n += 1) await begin(process);
  });

  test('because no more may run at once has a task wait the longer the longer it has waited', async () => {
    const process = await fed({ concurrency: 1, leaseSeconds: 86_400 });
    await process.submitMany({ tasks: [one, one] });
    const { token } = await begin(process);
    const { clock } = process.world;
    const looks: number[] = [];
    const since = clock.now();
    while (clock.now() - since < 3 * 60 * MINUTE) {
      const given = await give(process);
      if (given) looks.push(clock.now());
      given?.end();
      await clock.sleep(1_000);
    }
    expect(looks.length).toBeGreaterThan(20);
    expect(looks.length).toBeLessThan(100);
    const last = looks.at(-1) ?? 0;
    await process.end({ token, outcome: 'succeeded' });
    expect(last + (await minutesUntilReserved(process, 30)) * MINUTE).toBeLessThan(since + 4 * 60 * MINUTE);
    expect(await process.counts('q')).toMatchObject({ running: 1, succeeded: 1 });
  });
});

test('what waits without a ticket, of a queue that nobody polls, is given a fresh one by the sweep', async () => {
  const process = await fed();
  await process.submitMany({ tasks: [one, one] });
  process.world.queues.drop(TICKETS);
  expect(await minutesUntilReserved(process)).toBeLessThan(4);
});

test('where queues cannot be asked, a ticket that workers have not missed is not replaced', async () => {
  const process = startTasks({ world: new MemoryWorld() });
  await process.queue('q');
  await process.submit(one);
  await process.world.clock.sleep(10 * MINUTE);
  await process.sweep();
  expect(ticketsLeft(process)).toBe(1);
});
