import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import type { TaskEvent } from '../../lib/contract/replies.ts';
import type { RouteInput } from '../../lib/contract/routes.ts';
import { runTaskWorker } from '../../lib/worker/index.ts';
import { Processes, resultOf } from '../support/processes.ts';
import { checkout, shown } from '../support/re-worker-guide.ts';
import { addresses, clientAt, SOON } from './home.ts';
import { logOf, until } from './queues.ts';

/** What users of re-worker and re-core count on, tried with the code and the commands of the guide for them. */

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);
  const newName = () => `r${crypto.randomUUID().slice(0, 8)}`;

  /** Makes the queues of the guide; what a worker that died held is free after three seconds. */
  async function declareQueues(): Promise<void> {
    const { queues } = Configuration.parse(JSON.parse(await shown('json', 'queues')));
    for (const [queue, settings] of Object.entries(queues))
      await client.putQueue({ queue, ...settings, leaseSeconds: 3, retryBackoffSeconds: 0 });
  }

  async function start(processes: Processes) {
    await declareQueues();
    const cwd = await checkout();
    const env = { SLUICE_URL: server, PATH: `${join(cwd, 'bin')}:${process.env.PATH}` };
    const options = { cwd, env };
    /** A worker of the guide, until the test ends or it is killed. */
    const worker = (program: string, args: readonly string[], at = cwd) => {
      const child = processes.run(program, args, { ...options, cwd: at });
      child.stdout?.resume();
      child.stderr?.resume();
      return child;
    };
    return {
      cwd,
      juicer: (queue: string) => worker(process.execPath, ['juicer.ts', queue]),
      release: () => worker(process.execPath, ['release.ts']),
      /** On a host of its own, which is a folder here. */
      service: async (host: string) => {
        const at = join(cwd, host);
        await mkdir(at);
        await copyFile(join(cwd, 'step.sh'), join(at, 'step.sh'));
        const line = (await shown('sh', 'sluice worker run')).trim().replaceAll('web1', host);
        return worker('sh', ['-c', `exec ${line}`], at);
      },
      shell: (line: string) => resultOf(processes.run('sh', ['-c', line], options)),
    };
  }

  const promote = (fields: Partial<RouteInput<'submitTask'>>) =>
    client.submitTask({ name: 'promote', queue: 'juicer', ...fields });
  const DYNAMIC = { cart: 'tomcat', environment: 'test' };

  /** The replies of a queue once so many are there, and as they are acknowledged. */
  async function told(name: string, count: number): Promise<TaskEvent[]> {
    let replies: TaskEvent[] = [];
    await expect
      .poll(async () => {
        ({ replies } = await client.listReplies({ replies: name }));
        return replies.length;
      }, SOON)
      .toBeGreaterThanOrEqual(count);
    await client.ackReplies({ replies: name, ids: replies.map(({ id }) => id) });
    return replies;
  }

  test('one handler class serves the queue juicer, and elsewhere secretjuice: started, then completed with data', async () => {
    await using processes = new Processes();
    const { juicer } = await start(processes);
    juicer('juicer');
    juicer('secretjuice');
    for (const queue of ['juicer', 'secretjuice']) {
      const name = newName();
      const { id } = await promote({
        ...{ queue, args: DYNAMIC, correlationId: 'release-7', replyTo: `sluice:${name}` },
      });
      const about = { task: id, queue, name: 'promote', correlationId: 'release-7', attempt: 1 };
      expect(await told(name, 2)).toMatchObject([
        { ...about, event: 'started' },
        { ...about, event: 'completed', result: DYNAMIC },
      ]);
      expect(await logOf(client, id)).toBe('cart pull tomcat\ncart push tomcat --in test\n');
      expect(await client.showTask({ task: id })).toMatchObject({ state: 'succeeded', queue });
    }
  });

  test('a missing key, and an unknown sub-command, are one failed each that says so, and no started; a malformed submit is refused; the worker goes on', async () => {
    await using processes = new Processes();
    const { juicer } = await start(processes);
    juicer('juicer');
    const name = newName();
    const replyTo = `sluice:${name}`;
    const missing = await promote({ args: { environment: 'test' }, replyTo });
    const unknown = await promote({ name: 'demote', args: DYNAMIC, replyTo });
    await expect(
      client.submitTask(JSON.parse('{ "name": "promote", "args": "cart" }')),
    ).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('args: arguments are a JSON object'),
    });
    const broken = await promote({ args: { ...DYNAMIC, cart: 'broken' }, replyTo });
    const next = await promote({ args: DYNAMIC, replyTo });
    await until(client, next.id, 'succeeded');
    await until(client, broken.id, 'failed');
    const replies = await told(name, 6);
    const of = (task: string) => replies.filter(reply => reply.task === task);
    expect(of(missing.id)).toMatchObject([
      {
        event: 'failed',
        error: { message: expect.stringContaining('the arguments of promote do not fit: cart: ') },
      },
    ]);
    expect(of(unknown.id)).toMatchObject([
      { event: 'failed', error: { message: expect.stringContaining('runs no tasks named demote') } },
    ]);
    expect(of(broken.id)).toMatchObject([
      { event: 'started' },
      { event: 'failed', error: { message: expect.stringContaining('the cart broken is empty') } },
    ]);
    expect(of(next.id)).toMatchObject([{ event: 'started' }, { event: 'completed' }]);
    expect(replies).toHaveLength(6);
  });

  test('a worker is killed after it has started: another one has its task when the lease is over, and what is said late changes nothing', async () => {
    await using processes = new Processes();
    const { juicer } = await start(processes);
    const doomed = juicer('juicer');
    const name = newName();
    const { id } = await promote({ args: { ...DYNAMIC, cart: 'stuck' }, replyTo: `sluice:${name}` });
    expect(await told(name, 1)).toMatchObject([{ event: 'started', attempt: 1 }]);
    const [{ token = '', task = undefined } = {}] = (
      await client.heldTasks({ worker: (await client.showTask({ task: id })).worker ?? '', queue: 'juicer' })
    ).tasks;
    await processes.kill(doomed);

    const stop = new AbortController();
    const rescued = runTaskWorker({
      ...{ client, worker: newName(), queues: ['juicer'], signal: stop.signal },
      handlers: { promote: () => ({ rescued: true }) },
    });
    expect(await told(name, 3)).toMatchObject([
      { event: 'retrying', attempt: 1 },
      { event: 'started', attempt: 2 },
      { event: 'completed', attempt: 2, result: { rescued: true } },
    ]);
    stop.abort();
    await rescued;

    expect(task?.id).toBe(id);
    const late = { token, outcome: 'failed' as const, error: { message: 'too late' } };
    for (let times = 0; times < 2; times += 1)
      await expect(client.endTask(late)).rejects.toMatchObject({ code: 'lease_expired' });
    expect(await client.showTask({ task: id })).toMatchObject({
      state: 'succeeded',
      result: { rescued: true },
    });
    expect(await client.listReplies({ replies: name })).toEqual({ replies: [] });
  });

  test('the commands of the guide submit a task and show its replies', async () => {
    await using processes = new Processes();
    const { juicer, shell } = await start(processes);
    juicer('juicer');
    const name = newName();
    const lines = (await shown('sh', 'sluice reply watch')).replaceAll('releases', name);
    const [submit = '', watch = ''] = lines.split(/\n(?=sluice)/);
    const { stdout } = await shell(submit);
    const id = stdout.trim();
    await until(client, id, 'succeeded');
    const watched = await shell(`timeout -s TERM 10 ${watch.trim()}`);
    expect(watched.stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(`  task ${id} \\[release-7\\] started$`),
      expect.stringMatching(`  task ${id} \\[release-7\\] completed: `),
    ]);
    expect(await client.listReplies({ replies: name })).toEqual({ replies: [] });
  });

  test('a release runs its steps over two hosts in order, with one log, also when its runner dies; after a failure the rest is skipped', {
    timeout: 240_000,
  }, async () => {
    await using processes = new Processes();
    const { cwd, release, service, shell } = await start(processes);
    const turns = async () => (await readFile(join(cwd, 'bin/turns'), 'utf8')).trimEnd().split('\n');
    const doomed = release();
    const web1 = await service('web1');
    const line = (await shown('sh', 'sluice task submit release')).trim();
    const waiting = shell(line);
    await expect.poll(turns, SOON).toEqual(['stop shop@web1', 'start shop@web1']);
    await processes.kill(doomed);
    release();
    await service('web2');

    const { code, stdout } = await waiting;
    const id = stdout.trim().split('\n')[0] ?? '';
    expect([code, stdout]).toEqual([0, expect.stringContaining(`task ${id} is succeeded: steps=4`)]);
    const all = ['stop shop@web1', 'start shop@web1', 'stop shop@web2', 'start shop@web2'];
    expect(await turns()).toEqual(all);
    const logged = (await logOf(client, id)).trimEnd().split('\n');
    // A runner that dies between a line and the checkpoint writes the line again, below the mark of its next attempt.
    expect([...new Set(logged.filter(text => !text.startsWith('===')))]).toEqual([
      ...['service:stop on web1: succeeded', 'stop on web1'],
      ...['service:start on web1: succeeded', 'start on web1'],
      ...['service:stop on web2: succeeded', 'stop on web2'],
      ...['service:start on web2: succeeded', 'start on web2'],
    ]);
    expect((await client.listTasks({ parent: id })).tasks.map(({ title }) => title)).toEqual([
      ...['service:stop on web1', 'service:start on web1', 'service:stop on web2', 'service:start on web2'],
    ]);

    await writeFile(join(cwd, 'bin/bad'), 'web1');
    const failed = await shell(line);
    const second = failed.stdout.trim().split('\n')[0] ?? '';
    expect(failed.code).toBe(1);
    expect((await client.showTask({ task: second })).error?.message).toMatch(
      /^service:start on web1: .*shop@web1 does not start; skipped: service:stop on web2, service:start on web2$/,
    );
    expect(await turns()).toEqual([...all, 'stop shop@web1', 'start shop@web1']);
    expect((await client.listTasks({ parent: second })).tasks).toHaveLength(2);
    expect(await logOf(client, second)).toContain('service:start on web1: failed\n');
    await processes.kill(web1);
  });
});
