import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { FatalError, PermanentError, TaskHandler, withArgs } from '../../../lib/worker/index.ts';
import { taskHome } from './support.ts';

describe('a function', () => {
  test('runs the tasks of its name, and what it returns is the result', async () => {
    const { start, submit, until } = await taskHome();
    const { stop, ended } = start({
      handlers: { double: ({ args }) => ({ twice: Number(args.n) * 2 }), work: () => undefined },
    });
    const [a, b] = [await submit({ name: 'double', args: { n: 21 } }), await submit()];
    expect((await until(a.id, 'succeeded')).result).toEqual({ twice: 42 });
    expect((await until(b.id, 'succeeded')).result).toBeUndefined();
    stop();
    expect(await ended).toMatchObject({ succeeded: 2, failed: 0, retried: 0 });
  });

  test('that throws is reported once, as failed with message and stack, and is tried again', async () => {
    const { start, submit, until, calls } = await taskHome({ maxAttempts: 2 });
    const attempts: number[] = [];
    const work = ({ attempt }: { attempt: number }) => {
      attempts.push(attempt);
      throw new Error(`broken ${attempt}`);
    };
    const { stop, ended } = start({ handlers: { work } });
    const { id } = await submit();
    const { error } = await until(id, 'failed');
    expect(attempts).toEqual([1, 2]);
    expect(error?.message).toBe('broken 2');
    expect(error?.stack).toContain('handlers.test.ts');
    expect(calls.filter(name => name === 'endTask')).toHaveLength(2);
    stop();
    expect(await ended).toMatchObject({ retried: 1, failed: 1 });
  });

  test('may say that no further attempt will help', async () => {
    const { start, submit, until } = await taskHome();
    const { stop, ended } = start({
      handlers: {
        work() {
          throw new PermanentError('the cart is gone');
        },
      },
    });
    const { id } = await submit();
    expect(await until(id, 'failed')).toMatchObject({ attempt: 1, error: { message: 'the cart is gone' } });
    stop();
    await ended;
  });

  test('that says it cannot work at all ends the worker, which gives the task back', async () => {
    const { start, submit, client } = await taskHome();
    const { id } = await submit();
    const { ended } = start({
      handlers: {
        work() {
          throw new FatalError('no scratch');
        },
      },
    });
    await expect(ended).rejects.toThrow('no scratch');
    expect(await client.showTask({ task: id })).toMatchObject({
      state: 'queued',
      reason: 'released',
      attempt: 0,
    });
  });

  test('whose result is no JSON object, or is too large, fails for good', async () => {
    const { start, submit, until } = await taskHome();
    const results: Record<string, object> = { list: [1], large: { text: 'x'.repeat(70_000) } };
    const work = ({ args }: { args: { which?: unknown } }) => ({ ...results[String(args.which)] });
    const { stop, ended } = start({
      handlers: { work, list: () => JSON.parse('[1]') },
    });
    const list = await submit({ name: 'list' });
    const large = await submit({ args: { which: 'large' } });
    expect((await until(list.id, 'failed')).error?.message).toBe('results are a JSON object');
    expect((await until(large.id, 'failed')).error?.message).toMatch(/^the result cannot be kept: .*bytes/);
    stop();
    expect(await ended).toMatchObject({ failed: 2 });
  });
});

describe('a name without a handler', () => {
  test('fails for good, and says what this worker runs', async () => {
    const { start, submit, until } = await taskHome();
    const { stop, ended } = start({ handlers: { command: () => undefined, session: () => undefined } });
    const { id } = await submit({ name: 'other' });
    expect(await until(id, 'failed')).toMatchObject({
      attempt: 1,
      error: { message: 'this worker runs no tasks named other; it runs command, session' },
    });
    stop();
    await ended;
  });

  test('is run by the default handler where there is one', async () => {
    const { start, submit, until } = await taskHome();
    const { stop, ended } = start({ handlers: {}, defaultHandler: ({ name }) => ({ ran: name }) });
    const { id } = await submit({ name: 'constructor' });
    expect((await until(id, 'succeeded')).result).toEqual({ ran: 'constructor' });
    stop();
    await ended;
  });
});

describe('arguments that are declared', () => {
  const schema = z.object({ cart: z.string(), count: z.number().default(1) });

  test('are given as the schema makes them', async () => {
    const { start, submit, until } = await taskHome();
    const promote = withArgs(schema, ({ args }) => ({
      says: `${args.count + 1} ${args.cart.toUpperCase()}`,
    }));
    const { stop, ended } = start({ handlers: { work: promote } });
    const { id } = await submit({ args: { cart: 'tomcat' } });
    expect((await until(id, 'succeeded')).result).toEqual({ says: '2 TOMCAT' });
    stop();
    await ended;
  });

  test('and are missing make one failure that names the key, and the handler hears nothing of it', async () => {
    const { start, submit, until, calls } = await taskHome();
    let begun = 0;
    class Promote extends TaskHandler<z.output<typeof schema>> {
      process() {
        begun += 1;
      }
    }
    const { stop, ended } = start({ handlers: { work: withArgs(schema, Promote) } });
    const { id } = await submit({ args: { count: 2 } });
    const { attempt, error } = await until(id, 'failed');
    expect([attempt, error?.message]).toEqual([
      1,
      expect.stringMatching(/^the arguments of work do not fit: cart: /),
    ]);
    expect([begun, calls.filter(name => name === 'endTask').length]).toEqual([0, 1]);
    stop();
    await ended;
  });
});

describe('a handler in steps', () => {
  test('is called again after each pause until it stops, one object for each attempt', async () => {
    const { start, submit, until, clock } = await taskHome();
    const times: number[] = [];
    class Watch extends TaskHandler {
      override pauseSeconds = 90;
      #steps = 0;
      async process() {
        times.push(clock.now());
        this.#steps += 1;
        await this.context.update({ step: this.#steps }, { maxlen: 2 });
        if (this.#steps === 5) this.stop({ steps: this.#steps });
      }
    }
    const { stop, ended } = start({ handlers: { work: Watch } });
    const { id } = await submit();
    const task = await until(id, 'succeeded');
    expect(task.result).toEqual({ steps: 5 });
    expect(task.history.map(({ event }) => event)).toEqual([{ step: 4 }, { step: 5 }]);
    expect(times.slice(1).map((at, n) => Math.round((at - (times[n] ?? 0)) / 1000))).toEqual([
      90, 90, 90, 90,
    ]);
    expect(task.attempt).toBe(1);
    stop();
    await ended;
  });

  test('that throws is reported once and never called again', async () => {
    const { start, submit, until, pass, calls } = await taskHome({ maxAttempts: 1 });
    let steps = 0;
    class Broken extends TaskHandler {
      override pauseSeconds = 1;
      process() {
        steps += 1;
        if (steps === 2) throw new TypeError('no such movie');
      }
    }
    const { stop, ended } = start({ handlers: { work: Broken } });
    const { id } = await submit();
    const { error } = await until(id, 'failed');
    await pass(100);
    expect([steps, error?.message]).toEqual([2, 'no such movie']);
    expect(error?.stack).toMatch(/^TypeError: no such movie\n/);
    expect(calls.filter(name => name === 'endTask')).toHaveLength(1);
    stop();
    await ended;
  });

  test('that is given back between two steps owes no outputs', async () => {
    const { start, submit, client } = await taskHome();
    const begun = Promise.withResolvers<void>();
    class Watch extends TaskHandler {
      process() {
        begun.resolve();
      }
    }
    // Its folder is a real one, for which the time here does not wait.
    const worker = start({ handlers: { work: Watch }, graceSeconds: 10_000_000 });
    const { id } = await submit({ outputs: { report: 'sluice:sum.csv' } });
    await begun.promise;
    worker.stop();
    expect(await worker.ended).toMatchObject({ released: 1 });
    expect(await client.showTask({ task: id })).toMatchObject({ reason: 'released', attempt: 0 });
  });

  test('that another one stops during its pause ends at once, without a further step', async () => {
    let first: TaskHandler | undefined;
    let steps = 0;
    class Watch extends TaskHandler {
      override pauseSeconds = 3600;

      process() {
        steps += 1;
        first?.stop({ message: 'forced to stop' });
        first ??= this;
      }
    }
    const { start, submit, until, clock } = await taskHome();
    const { stop } = start({ handlers: { work: Watch }, concurrency: 2 });
    const since = clock.now();
    await submit();
    await until('q-1', 'running');
    await submit();
    expect(await until('q-1', 'succeeded')).toMatchObject({ result: { message: 'forced to stop' } });
    expect(clock.now() - since).toBeLessThan(60_000);
    expect(steps).toBe(2);
    stop();
  });

  test('gives its task back, between two steps, when the worker stops, and goes on from its checkpoint', async () => {
    const { start, submit, until, pass } = await taskHome();
    const begun: unknown[] = [];
    class Watch extends TaskHandler {
      override pauseSeconds = 3600;
      async process() {
        begun.push([this.task.attempt, this.task.checkpoint]);
        if (this.task.checkpoint) this.stop();
        else await this.context.checkpoint({ seen: 7 });
      }
    }
    const first = start({ handlers: { work: Watch } });
    const { id } = await submit();
    await until(id, 'running');
    await pass(5);
    first.stop();
    expect(await first.ended).toMatchObject({ released: 1, retried: 0 });
    const second = start({ handlers: { work: Watch }, worker: 'w2' });
    await until(id, 'succeeded');
    expect(begun).toEqual([
      [1, undefined],
      [1, { seen: 7 }],
    ]);
    second.stop();
    await second.ended;
  });
});

describe('what a handler tells', () => {
  test('progress and status are told once a second, the newest of them, and all before the end', async () => {
    const { start, submit, until, pass, calls } = await taskHome();
    const { stop, ended } = start({
      handlers: {
        async work(_task, context) {
          for (let n = 1; n <= 550; n += 1) {
            context.progress(n, 550, `file ${n}`);
            context.status(`copying ${n}`);
            await pass(0.01);
          }
          return undefined;
        },
      },
    });
    const { id } = await submit();
    expect(await until(id, 'succeeded')).toMatchObject({
      progress: { current: 550, total: 550, message: 'file 550' },
      status: 'copying 550',
    });
    expect(calls.filter(name => name === 'updateTask').length).toBeLessThanOrEqual(8);
    stop();
    await ended;
  });

  test('it reads configurations, and submits parts of its task', async () => {
    const { start, submit, until, client } = await taskHome();
    const { stop, ended } = start({
      handlers: {
        async work(_task, context) {
          const config = await context.getConfig('sessions');
          const part = await context.submit({ name: 'part', queue: 'q' });
          return { config, part: part.id };
        },
        part: () => undefined,
      },
    });
    const { id } = await submit();
    const { result } = await until(id, 'succeeded');
    expect(result?.config).toEqual({ threshold: 16 });
    expect((await client.listTasks({ parent: id })).tasks.map(task => task.id)).toEqual([result?.part]);
    stop();
    await ended;
  });

  test('lines for the log go where the worker says', async () => {
    const { start, submit, until } = await taskHome();
    const lines: unknown[] = [];
    const { stop, ended } = start({
      handlers: {
        work(_task, context) {
          context.log('one');
          context.log('two');
          return undefined;
        },
      },
      log: (line, { task }) => lines.push([task.id, line]),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(lines).toEqual([
      [id, 'one'],
      [id, 'two'],
    ]);
    stop();
    await ended;
  });

  test('something refused does not end the task: progress that is none is an event', async () => {
    const { start, submit, until } = await taskHome();
    const worker = start({
      handlers: {
        work(_task, context) {
          context.progress(-1);
          return undefined;
        },
      },
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(worker.types()).toContain('untold');
    worker.stop();
    await worker.ended;
  });
});

test('options that make no sense are refused', async () => {
  const { start } = await taskHome();
  await expect(start({ handlers: {} }).ended).rejects.toThrow('there is no handler');
  const handlers = { work: () => undefined };
  await expect(start({ handlers, queues: [] }).ended).rejects.toThrow('queues is empty');
  await expect(start({ handlers, concurrency: 0 }).ended).rejects.toThrow('concurrency is 0');
});
