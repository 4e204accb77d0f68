import { describe, expect, test } from 'vitest';
import { UnreachableError } from '../../../lib/client/index.ts';
import type { RouteInput } from '../../../lib/contract/routes.ts';
import type { TaskContext, TaskFunction } from '../../../lib/worker/index.ts';
import { temporaryFolder } from '../support.ts';
import { aborted, taskHome } from './support.ts';

type Home = Awaited<ReturnType<typeof taskHome>>;

/** A handler that does as the test says. */
const handler = (work: (context: TaskContext) => unknown): { work: TaskFunction } => ({
  async work(_task, context) {
    await work(context);
    return undefined;
  },
});

async function logOf({ client }: Home, task: string): Promise<string> {
  let text = '';
  for (let after: string | undefined; ; ) {
    const page = await client.readLog({ task, after });
    text += page.text;
    after = page.next;
    if (!page.more) return text;
  }
}

const numbers = (count: number, length = 9) =>
  Array.from({ length: count }, (_, n) => String(n).padStart(length));

describe('the log of a handler', () => {
  test('is with the server within two seconds, and whole before the task has ended', async () => {
    const home = await taskHome();
    const { start, submit, until, pass } = home;
    const { stop, ended } = start({
      handlers: handler(async context => {
        for (const line of numbers(50)) {
          context.log(line);
          await pass(0.1);
        }
        await pass(60);
        context.log('last\nof all');
      }),
    });
    const { id } = await submit();
    await until(id, 'running');
    await pass(7);
    expect(await logOf(home, id)).toBe(`${numbers(50).join('\n')}\n`);
    await until(id, 'succeeded');
    expect(await logOf(home, id)).toBe(`${numbers(50).join('\n')}\nlast\nof all\n`);
    stop();
    await ended;
  });

  test('goes out once a second where lines come all the time, and at once where they are many', async () => {
    const { start, submit, until, pass, calls, client } = await taskHome();
    const { stop, ended } = start({
      handlers: handler(async context => {
        for (const line of numbers(100)) {
          context.log(line);
          await pass(0.1);
        }
      }),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(calls.filter(name => name === 'appendLog').length).toBeLessThanOrEqual(12);
    stop();
    await ended;

    const lots = start({
      handlers: handler(async context => {
        for (const line of numbers(40_000, 99)) context.log(line);
        await pass(2);
        told.resolve((await client.showTask({ task: second.id })).log?.bytes);
      }),
    });
    const told = Promise.withResolvers<number | undefined>();
    const second = await submit();
    expect(await told.promise).toBe(4_000_000);
    lots.stop();
    await lots.ended;
  });

  test('loses nothing and keeps its order while the server is away, which the task does not notice', async () => {
    const home = await taskHome({ leaseSeconds: 600 });
    const { start, submit, until, pass, trouble, clock } = home;
    const lines = numbers(40_000, 99);
    const told = Promise.withResolvers<void>();
    let tookMillis = 0;
    const { stop, ended } = start({
      scratch: temporaryFolder(),
      handlers: handler(async context => {
        const begun = clock.now();
        for (const [n, line] of lines.entries()) {
          trouble.away = n > 5000;
          context.log(line);
          if (n % 1000 === 0) await pass(1);
        }
        tookMillis = clock.now() - begun;
        trouble.away = false;
        told.resolve();
      }),
    });
    const { id } = await submit();
    await told.promise;
    await until(id, 'succeeded');
    expect(tookMillis).toBe(40_000);
    expect(await logOf(home, id)).toBe(`${lines.join('\n')}\n`);
    stop();
    await ended;
  });

  test('has each line once, though answers are lost', async () => {
    const home = await taskHome();
    const { start, submit, until, pass, client } = home;
    let calls = 0;
    const { stop, ended } = start({
      client: {
        ...client,
        async appendLog(input) {
          const reply = await client.appendLog(input);
          calls += 1;
          if (calls % 2 === 1) throw new UnreachableError('the answer was lost');
          return reply;
        },
      },
      handlers: handler(async context => {
        for (const line of numbers(30)) {
          context.log(line);
          await pass(0.5);
        }
      }),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(await logOf(home, id)).toBe(`${numbers(30).join('\n')}\n`);
    stop();
    await ended;
  });

  test('that the server does not take lets its task end all the same, and says what is missing', async () => {
    const home = await taskHome();
    const { start, submit, until, pass, client, clock } = home;
    const { stop, ended } = start({
      client: {
        ...client,
        async appendLog(input, options) {
          if (input.text.startsWith('===')) return client.appendLog(input);
          await home.clock.sleep(3_600_000, options?.signal);
          throw options?.signal?.reason;
        },
      },
      handlers: handler(async context => {
        context.log('one');
        await pass(5);
        context.log('two');
      }),
    });
    const { id } = await submit();
    await until(id, 'running');
    const begun = clock.now();
    await until(id, 'succeeded');
    expect(clock.now() - begun).toBeLessThan(70_000);
    expect(await logOf(home, id)).toBe('=== about 8 bytes are left out: the server was too slow\n');
    stop();
    await ended;
  });

  test('is waited for as long as the server takes lines, however slowly', async () => {
    const home = await taskHome();
    const { start, submit, until, client, clock } = home;
    const { stop, ended } = start({
      scratch: temporaryFolder(),
      client: {
        ...client,
        async appendLog(input) {
          await clock.sleep(25_000);
          return client.appendLog(input);
        },
      },
      handlers: handler(context => {
        for (const line of numbers(30_000, 99)) context.log(line);
      }),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(await logOf(home, id)).toBe(`${numbers(30_000, 99).join('\n')}\n`);
    stop();
    await ended;
  });

  test('that is not taken does not end the time of its task', async () => {
    const { start, submit, until, client, clock } = await taskHome();
    const { stop, ended } = start({
      client: { ...client, appendLog: () => Promise.reject(new UnreachableError('it is away')) },
      handlers: handler(context => context.log('one')),
    });
    const { id } = await submit({ timeoutSeconds: 20 });
    const begun = clock.now();
    expect(await until(id, 'succeeded', 'failed')).toMatchObject({
      state: 'succeeded',
      attempt: 1,
    });
    expect(clock.now() - begun).toBeLessThanOrEqual(20_000);
    stop();
    await ended;
  });

  test('that is refused is told of, and the task goes on', async () => {
    const home = await taskHome();
    const { start, submit, until, client } = home;
    const refused = (input: RouteInput<'appendLog'>) => client.appendLog({ ...input, from: -1 });
    const { stop, ended, types } = start({
      client: { ...client, appendLog: refused },
      handlers: handler(context => context.log('one')),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect(types()).toContain('untold');
    expect(await logOf(home, id)).toBe('');
    stop();
    await ended;
  });

  test('brings word of a cancel', async () => {
    const home = await taskHome({ leaseSeconds: 3600 });
    const { start, submit, until, pass, client, clock } = home;
    const reasons: unknown[] = [];
    const { stop, ended } = start({
      handlers: handler(async context => {
        const chat = setInterval(() => context.log('still here'), 1);
        await aborted(context.signal);
        clearInterval(chat);
        reasons.push(context.signal.reason.why);
        throw context.signal.reason;
      }),
    });
    const { id } = await submit();
    await until(id, 'running');
    await pass(5);
    const cancelledAt = clock.now();
    await client.cancelTask({ task: id });
    await until(id, 'cancelled');
    expect(clock.now() - cancelledAt).toBeLessThan(5000);
    expect(reasons).toEqual(['cancelled']);
    stop();
    await ended;
  });

  test('shows nothing of what is secret, nor does anything else that people read', async () => {
    const home = await taskHome({ maxAttempts: 1 });
    const { start, submit, until, pass } = home;
    const { stop, ended } = start({
      redact: [/password=\S+/, /AKIA[A-Z0-9]{16}/],
      handlers: handler(async context => {
        context.log('login password=hunter2 as AKIAABCDEFGHIJKLMNOP, password=again');
        context.status('password=hunter2');
        context.progress(1, 2, 'password=hunter2');
        await pass(3);
        throw new Error('no such password=hunter2');
      }),
    });
    const { id } = await submit();
    const task = await until(id, 'failed');
    expect(JSON.stringify(task)).not.toContain('hunter2');
    expect(task.error?.message).toBe('no such ***');
    expect(await logOf(home, id)).toBe('login *** as ***, ***\n');
    stop();
    await ended;
  });

  test('goes where the worker says, and not to the server, if it says so', async () => {
    const home = await taskHome();
    const { start, submit, until } = home;
    const lines: string[] = [];
    const { stop, ended } = start({
      log: line => lines.push(line),
      handlers: handler(context => context.log('one')),
    });
    const { id } = await submit();
    await until(id, 'succeeded');
    expect([lines, await logOf(home, id)]).toEqual([['one'], '']);
    stop();
    await ended;
  });
});
