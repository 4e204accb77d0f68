import { describe, expect, test } from 'vitest';
import { sluiceFunction, TaskHandler } from '../../lib/function/index.ts';
import { FatalError, PermanentError, StoppedError, type TaskFunction } from '../../lib/worker/index.ts';
import { aborted } from '../worker/tasks/support.ts';
import { eventOf, functionHome, ticketOf } from './support.ts';

describe('a function that is given tickets', () => {
  test('runs their tasks, all at once, and nothing comes again', async () => {
    let running = 0;
    let most = 0;
    const work = async ({ args }: { args: object }) => {
      running += 1;
      most = Math.max(most, running);
      await home.pass(5);
      running -= 1;
      return { ...args };
    };
    const home = await functionHome({ work });
    for (const n of [1, 2, 3]) await home.submit({ args: { n } });
    expect(await home.deliver(3)).toMatchObject({ failed: [], received: 3 });
    for (const n of [1, 2, 3])
      expect(await home.client.showTask({ task: `q-${n}` })).toMatchObject({
        ...{ state: 'succeeded', result: { n }, attempt: 1 },
      });
    expect(most).toBe(3);
    expect(home.ticketsLeft()).toBe(0);
  });

  test('does not run a task again whose ticket is delivered once more', async () => {
    let runs = 0;
    const home = await functionHome({
      work() {
        runs += 1;
        return undefined;
      },
    });
    await home.submit();
    await home.deliver();
    expect(await home.invoke(eventOf(ticketOf(1)))).toMatchObject({ failed: [] });
    expect(runs).toBe(1);
  });

  test('keeps what its handlers write as the log of their task, without what is secret', async () => {
    const home = await functionHome(
      {
        work(_, { log }) {
          log('one');
          log('key=1234');
          return undefined;
        },
      },
      { redact: [/\d{4}/] },
    );
    await home.submit();
    await home.deliver();
    expect((await home.client.readLog({ task: 'q-1' })).text).toBe('one\nkey=***\n');
  });

  test('ends a task in time whose log is not taken', async () => {
    const work: TaskFunction = async (_, { log }) => {
      log('one');
      await home.pass(20);
      return undefined;
    };
    const home = await functionHome({ work }, { seconds: 30 });
    home.trouble.away = 'appendLog';
    await home.submit();
    expect(await home.deliver()).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded' });
  });

  test('has only the message come again that is no ticket', async () => {
    const home = await functionHome({ work: () => undefined });
    await home.submit();
    const { failed } = await home.invoke(eventOf('{"hello":"world"}', ticketOf(1), ''));
    expect(failed).toEqual(['m0', 'm2']);
    expect(home.warnings).toEqual(['message m0 is no ticket of a task', 'message m2 is no ticket of a task']);
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded' });
  });

  test('knows a ticket whose JSON was written anew on its way', async () => {
    const home = await functionHome({ work: () => undefined });
    await home.submit();
    expect(await home.invoke(eventOf('{ "block": 1, "generation": 1 }\n'))).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded' });
  });

  test('leaves what it cannot have now, and is given another ticket in time', async () => {
    const home = await functionHome({ work: () => undefined });
    await home.submit({ delaySeconds: 300 });
    expect(await home.invoke(eventOf(ticketOf(1)))).toMatchObject({ failed: [], seconds: 0 });
    await home.pass(300);
    await home.deliver(2);
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('waits a moment for a task that is being written', async () => {
    const home = await functionHome({ work: () => undefined });
    const [answer] = await Promise.all([
      home.invoke(eventOf(ticketOf(1))),
      home.pass(1).then(() => home.submit()),
    ]);
    expect(answer.failed).toEqual([]);
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded' });
  });

  test('gives up a ticket that names nothing, after some seconds', async () => {
    const home = await functionHome({ work: () => undefined });
    const { failed, seconds } = await home.invoke(eventOf(ticketOf(7)));
    expect(failed).toEqual([]);
    expect(seconds).toBeGreaterThan(5);
    expect(seconds).toBeLessThan(10);
  });

  test('keeps a lease by heartbeats that is shorter than its work', async () => {
    const home = await functionHome({
      async work() {
        await home.pass(400);
        return undefined;
      },
    });
    await home.submit();
    await home.deliver();
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(home.calls.filter(name => name === 'heartbeatTasks').length).toBeGreaterThan(15);
  });

  test('aborts a task that is cancelled', async () => {
    const reasons: unknown[] = [];
    const home = await functionHome({
      async work(_, { signal }) {
        await aborted(signal);
        reasons.push(signal.reason instanceof StoppedError && signal.reason.why);
        throw signal.reason;
      },
    });
    await home.submit();
    const delivered = home.deliver();
    await home.until('q-1', 'running');
    await home.client.cancelTask({ task: 'q-1' });
    expect(await delivered).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'cancelled' });
    expect(reasons).toEqual(['cancelled']);
  });

  test('fails a task for good that has a name it does not know, or gives it to the default handler', async () => {
    const home = await functionHome({ work: () => undefined });
    await home.submit({ name: 'paly' });
    expect(await home.deliver()).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({
      state: 'failed',
      error: { message: 'this worker runs no tasks named paly; it runs work' },
    });
    const other = await functionHome({}, { defaultHandler: ({ name }) => ({ name }) });
    await other.submit({ name: 'paly' });
    await other.deliver();
    expect(await other.client.showTask({ task: 'q-1' })).toMatchObject({ result: { name: 'paly' } });
  });

  test('tries a task again that failed, by the ticket that follows', async () => {
    let runs = 0;
    const home = await functionHome({
      work() {
        runs += 1;
        if (runs === 1) throw new Error('not yet');
        if (runs === 2) throw new PermanentError('never');
        return undefined;
      },
    });
    await home.submit();
    expect(await home.deliver()).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'queued', attempt: 1 });
    await home.deliver();
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'failed', attempt: 2 });
    expect(home.ticketsLeft()).toBe(0);
  });

  test('fails a task that finds it can work on nothing at all: given back, it would only meet it again', async () => {
    const home = await functionHome({
      work() {
        throw new FatalError('no licence');
      },
    });
    await home.submit();
    expect(await home.deliver()).toMatchObject({ failed: [] });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({
      ...{ state: 'queued', attempt: 1, error: { message: 'no licence' } },
    });
  });
});

describe('near the end of its time', () => {
  /** Counts as far as it gets, a step every ten seconds. */
  class Watcher extends TaskHandler {
    #n = Number(this.task.checkpoint?.n ?? 0);

    async process(): Promise<void> {
      this.#n += 1;
      await this.context.checkpoint({ n: this.#n });
      if (this.#n === 8) this.stop({ n: this.#n });
    }
  }

  test('a handler in steps gives its task back, and goes on from its checkpoint with the next ticket', async () => {
    const home = await functionHome({ work: Watcher }, { seconds: 60 });
    await home.submit();
    const { failed, seconds } = await home.deliver();
    expect(failed).toEqual([]);
    expect(seconds).toBeGreaterThanOrEqual(45);
    expect(seconds).toBeLessThan(50);
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({
      ...{ state: 'queued', reason: 'released', attempt: 0, checkpoint: { n: 5 } },
    });
    await home.deliver();
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ attempt: 1, result: { n: 8 } });
  });

  test('another handler is aborted, and its task has failed, to be tried again', async () => {
    const home = await functionHome(
      {
        async work(_, { signal }) {
          await aborted(signal);
          throw signal.reason;
        },
      },
      { seconds: 60 },
    );
    await home.submit();
    const { failed, seconds } = await home.deliver();
    expect({ failed, seconds }).toEqual({ failed: [], seconds: 50 });
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({
      ...{ state: 'queued', attempt: 1, error: { message: expect.stringContaining('interrupted') } },
    });
  });

  test.each([6, 60, 900])('%i s are not used up even by a handler that pays no heed', async seconds => {
    const home = await functionHome({ work: () => home.pass(2000).then(() => undefined) }, { seconds });
    await home.submit();
    const answer = await home.deliver();
    expect(answer.failed).toEqual([]);
    expect(answer.seconds).toBeLessThan(seconds);
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'queued', attempt: 1 });
  });

  test('a message comes again whose task could not be asked for, because the server is away', async () => {
    const home = await functionHome({ work: () => undefined }, { seconds: 30 });
    await home.submit();
    home.trouble.away = true;
    const answer = await home.deliver();
    expect(answer.failed).toEqual(['m0']);
    expect(answer.seconds).toBeLessThan(30);
    home.trouble.away = false;
    await home.pass(30);
    await home.deliver();
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('a message comes again whose end did not arrive, and its task is run again once its lease is over', async () => {
    const home = await functionHome(
      {
        work() {
          home.trouble.away = true;
          return undefined;
        },
      },
      { seconds: 30 },
    );
    await home.submit();
    const answer = await home.deliver();
    expect(answer.failed).toEqual(['m0']);
    expect(answer.seconds).toBeLessThan(30);
    home.trouble.away = false;
    await home.pass(60);
    await home.sweep();
    expect(await home.client.showTask({ task: 'q-1' })).toMatchObject({ state: 'queued', attempt: 1 });
  });
});

test('a function that was not told where Sluice is says which variable is missing', async () => {
  const handler = sluiceFunction({ work: () => undefined });
  const asked = handler(eventOf(ticketOf(1)), { getRemainingTimeInMillis: () => 1000 });
  await expect(asked).rejects.toThrow('the environment variable SLUICE_SERVER is not set');
});
