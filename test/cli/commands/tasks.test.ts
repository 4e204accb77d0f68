import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Configuration } from '../../../lib/contract/queues.ts';
import { CliServer } from '../../support/cli-server.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

let server: CliServer;
beforeAll(async () => {
  const queues = { juicer: { retryBackoffSeconds: 0 }, press: { concurrency: 2, title: 'Presses' } };
  const configuration = Configuration.parse({ queues, bindings: { promote: 'juicer' } });
  server = await CliServer.start({ configuration });
});
afterAll(() => server.stop());

/** Runs a command line that must succeed; answers what it says. */
async function said(line: string | readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await server.cli(line);
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  return stdout.trimEnd();
}

/** Submits a task, and has the worker `w1` hold it. */
async function running(queue = 'juicer') {
  const { id } = await server.client.submitTask({ name: 'promote', queue, priority: 'high' });
  const reply = await server.client.reserveTasks({ worker: 'w1', queues: [queue] });
  const token = reply.status === 'reserved' ? (reply.tasks[0]?.token ?? '') : '';
  return { id, token };
}

describe('task submit', () => {
  it('prints the id, and sends all that it is told', async () => {
    await writeFile(join(server.folder, 'args.json'), '{"cart":"none","sheets":[1,2]}');
    const id = await said([
      ...['task', 'submit', 'promote', '--args', 'args.json', '--arg', 'cart=tomcat', '--title', 'Promote'],
      ...['--meta', 'run=7', '--type', 'release', '--public', '--priority', 'low', '--delay', '1h'],
      ...[
        '--timeout',
        '10m',
        '--max-attempts',
        '5',
        '--key',
        'k',
        '--input',
        'a=s3://b/a',
        '--output',
        'o=sluice:o.csv',
      ],
    ]);
    expect(id).toMatch(/^juicer-\d+$/);
    expect(await server.client.showTask({ task: id })).toMatchObject({
      ...{ name: 'promote', args: { cart: 'tomcat', sheets: [1, 2] }, title: 'Promote', meta: { run: 7 } },
      ...{ type: 'release', public: true, priority: 'low', state: 'scheduled', timeoutSeconds: 600 },
      ...{ maxAttempts: 5, dedupKey: 'k', inputs: { a: 's3://b/a' }, outputs: { o: 'sluice:o.csv' } },
    });
  });

  it('prints the task as JSON', async () => {
    expect(JSON.parse(await said('task submit promote --json'))).toMatchObject({
      name: 'promote',
      state: 'queued',
    });
  });

  it('waits, and ends as the task did', async () => {
    await server.client.pauseQueue({ queue: 'juicer' });
    const waiting = server.cli('task submit squeeze --queue press --priority high --wait --interval 0.05');
    const reply = await server.client.reserveTasks({ worker: 'w1', queues: ['press'], waitSeconds: 20 });
    const { token = '', task } = (reply.status === 'reserved' ? reply.tasks[0] : undefined) ?? {};
    await server.client.updateTask({ token, progress: { current: 1, total: 4 } });
    await server.client.appendLog({ token, text: 'one\ntwo\n' });
    await server.client.endTask({
      token,
      outcome: 'failed',
      retry: false,
      error: { message: 'no space left' },
    });
    const { code, stdout } = await waiting;
    await server.client.resumeQueue({ queue: 'juicer' });
    expect(code).toBe(EXIT.no);
    expect(stdout).toBe(`${task?.id}\none\ntwo\ntask ${task?.id} is failed: no space left\n`);
  });

  it.each([
    ['--input a', '--input takes NAME=URL, not "a"'],
    ['--arg a', '--arg takes KEY=VALUE, not "a"'],
    ['--args gone.json', 'gone.json cannot be read: it is not there'],
  ])('refuses %s', async (options, sentence) => {
    const { code, stderr } = await server.cli(`task submit promote ${options}`);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(sentence);
  });

  it('says that nothing is bound to a name', async () => {
    const { code, stderr } = await server.cli('task submit unknown');
    expect(code).toBe(EXIT.notFound);
    expect(stderr).toContain('no queue is bound to tasks named unknown: name a queue');
  });
});

describe('task log', () => {
  it('shows the whole log, however many pages it has', async () => {
    const { id, token } = await running('press');
    expect(await server.cli(`task log ${id}`)).toMatchObject({ code: EXIT.ok, stdout: '' });
    const text = `${'x'.repeat(99)}\n`.repeat(4000);
    for (let n = 0; n < 3; n += 1) await server.client.appendLog({ token, text });
    await server.client.endTask({ token, outcome: 'succeeded' });
    const { code, stdout } = await server.cli(`task log ${id}`);
    expect(code).toBe(EXIT.ok);
    expect(stdout === text.repeat(3)).toBe(true);
    expect((await server.cli('task log press-999')).code).toBe(EXIT.notFound);
  });

  it('-f follows it until the task has ended, over a restart of the server', async () => {
    const { id, token } = await running('press');
    await server.client.appendLog({ token, text: 'one\n' });
    const shown = Promise.withResolvers<void>();
    const following = server.cli(`task log -f ${id}`, { onWrite: () => shown.resolve() });
    await shown.promise;
    await server.restart(async () => {});
    await server.client.appendLog({ token, text: 'two\n' });
    await server.client.endTask({ token, outcome: 'failed', retry: false, error: { message: 'no' } });
    expect(await following).toMatchObject({ code: EXIT.ok, stdout: 'one\ntwo\n' });
  });

  it('leaves colours to a terminal, and nothing else that drives it', async () => {
    const { id, token } = await running('press');
    const text = '\x1b[31mred\x1b[0m\tand\x1b[2J\x07 bell é\n';
    await server.client.appendLog({ token, text });
    await server.client.endTask({ token, outcome: 'succeeded' });
    expect((await server.cli(`task log ${id}`)).stdout).toBe(text);
    expect((await server.cli(`task log ${id}`, { columns: 80 })).stdout).toBe(
      '\x1b[31mred\x1b[0m\tand?[2J? bell é\n',
    );
  });
});

describe('task wait', () => {
  it('ends with 0 for one that succeeded, and tells what came of it', async () => {
    const { id, token } = await running('press');
    const waiting = server.cli(`task wait ${id} --interval 0.05`);
    await server.client.endTask({ token, outcome: 'succeeded', result: { sheets: 4 } });
    expect(await waiting).toMatchObject({ code: EXIT.ok, stdout: `task ${id} is succeeded: sheets=4\n` });
  });

  it('prints each change as a line of JSON', async () => {
    const { id } = await running('press');
    await server.client.cancelTask({ task: id });
    const { tasks } = await server.client.heldTasks({ worker: 'w1', queue: 'press' });
    for (const { token } of tasks) await server.client.endTask({ token, outcome: 'cancelled' });
    const { code, stdout } = await server.cli(`task wait ${id} --json`);
    expect(code).toBe(EXIT.no);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).state),
    ).toEqual(['cancelled']);
  });
});

describe('task show and list', () => {
  it('show what there is to say', async () => {
    const { id, token } = await running('press');
    await server.client.updateTask({
      ...{ token, event: { movies: 40 }, status: 'copying', checkpoint: { at: 3 } },
      progress: { current: 3, total: 10, message: 'files' },
    });
    await server.client.appendLog({ token, text: `${Array.from({ length: 99 }, (_, n) => n).join('\n')}\n` });
    const text = await said(`task show ${id}`);
    expect(text).toMatch(/^log +287 B, of which the newest lines are:\n {2}89\n {2}90\n.* {2}98$/ms);
    for (const line of [
      `task +${id}`,
      'name +promote',
      'owner +local',
      String.raw`state +running \(reserved\)`,
      'progress +3 of 10 files',
      'status +copying',
      `worker +w1 until ${TIME}`,
      'attempt +1 of 3',
      'priority +high',
      `created +${TIME}`,
      `started +${TIME}`,
      `event +${TIME}  movies=40`,
      'checkpoint +at=3',
    ])
      expect(text).toMatch(new RegExp(`^${line}$`, 'm'));
    const row = (await said('task list --queue press --state running')).split('\n').at(-1);
    expect(row).toMatch(new RegExp(`^${id} +promote +running +3 of 10 files +w1 +local +${TIME}`));
    await server.client.endTask({ token, outcome: 'succeeded' });
  });

  it('list as JSON, the parts of a task, and no more than asked for', async () => {
    const { id } = await server.client.submitTask({ name: 'promote' });
    const part = { name: 'promote', parent: id };
    const { tasks } = await server.client.submitTasks({ tasks: [part, part, part] });
    const lines = (await said(`task list --parent ${id} --limit 2 --json`)).split('\n');
    expect(lines.map(line => JSON.parse(line).id)).toEqual(tasks.slice(0, 2).map(task => task.id));
  });
});

describe('task update', () => {
  it('tells of a task by the token of the environment', async () => {
    const { id, token } = await running('press');
    const line = ['task', 'update', '--progress', '2.5/10', '--message', 'of ten', '--status', 'busy'];
    const more = ['--event', 'movies=40', '--maxlen', '0', '--checkpoint', 'at=7'];
    const { code, stdout } = await server.cli([...line, ...more], { env: { SLUICE_TASK_TOKEN: token } });
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: '' });
    expect(await server.client.showTask({ task: id })).toMatchObject({
      ...{ progress: { current: 2.5, total: 10, message: 'of ten' }, status: 'busy', checkpoint: { at: 7 } },
      ...{ history: [], lastEvent: { event: { movies: 40 } } },
    });
    await server.client.cancelTask({ task: id });
    const told = await server.cli(`task update --task-token ${token} --progress 3`);
    expect(told).toMatchObject({ code: EXIT.no, stdout: 'cancelled\n' });
    await server.client.endTask({ token, outcome: 'cancelled' });
    const late = await server.cli(`task update --task-token ${token} --progress 3`);
    expect(late.code).toBe(EXIT.refused);
    expect(late.stderr).toContain('it was ended before');
  });

  it.each([
    ['--progress 3', 'give --task-token, or set SLUICE_TASK_TOKEN'],
    ['--task-token t --progress some', '--progress takes N or N/TOTAL, not "some"'],
    ['--task-token t --message hm', '--message is a word on --progress'],
  ])('refuses %s', async (options, sentence) => {
    const { code, stderr } = await server.cli(`task update ${options}`);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(sentence);
  });
});

describe('task cancel, retry and delete', () => {
  it('do so with each of the tasks, and say what they are', async () => {
    const { tasks } = await server.client.submitTasks({ tasks: [{ name: 'promote' }, { name: 'promote' }] });
    const [a = '', b = ''] = tasks.map(({ id }) => id);
    expect(await said(`task cancel ${a} ${b}`)).toBe(`task ${a} is cancelled\ntask ${b} is cancelled`);
    expect(await said(`task retry ${a}`)).toBe(`task ${a} is queued`);
    expect(JSON.parse(await said(`task cancel ${a} --json`))).toMatchObject({ id: a, state: 'cancelled' });
    expect(await said(`task delete ${a} ${b}`)).toBe(`task ${a} is deleted\ntask ${b} is deleted`);
    const { code } = await server.cli(`task show ${a}`);
    expect(code).toBe(EXIT.notFound);
  });

  it('say why they cannot', async () => {
    const { id } = await server.client.submitTask({ name: 'promote' });
    const { code, stderr } = await server.cli(`task delete ${id}`);
    expect(code).toBe(EXIT.refused);
    expect(stderr).toContain(
      `task ${id} is queued: it can be deleted once it is succeeded, failed or cancelled`,
    );
  });
});

describe('queue', () => {
  it('list shows the queues and what is bound to them', async () => {
    const [header, ...rows] = (await said('queue list')).split('\n');
    expect(header).toMatch(/^QUEUE +STATE +LEASE +ATTEMPTS +AT ONCE +BOUND +TITLE$/);
    expect(rows.map(row => row.trimEnd())).toEqual([
      expect.stringMatching(/^juicer +open +5m +3 +promote$/),
      expect.stringMatching(/^press +open +5m +3 +2 +Presses$/),
    ]);
    expect(JSON.parse(await said('queue list --json'))).toHaveLength(2);
  });

  it('show counts its tasks', async () => {
    await server.client.submitTask({ name: 'promote', queue: 'press', delaySeconds: 3600 });
    const text = await said('queue show press');
    expect(text).toMatch(/^ {2}scheduled +1$/m);
    expect(text).toMatch(/^attempts +3, 1s to 5m apart$/m);
    expect(JSON.parse(await said('queue show press --json')).counts.scheduled).toBe(1);
  });

  it('set makes a queue, and changes what it is told and nothing else', async () => {
    expect(
      await said(
        'queue set otf --lease 2m --timeout none --max-attempts 5 --at-once 3 --bind grow --user ann',
      ),
    ).toBe('queue otf is made');
    expect(await said('queue set otf --at-once none --grace 10s --bind shrink --unbind grow')).toBe(
      'queue otf is changed',
    );
    expect(JSON.parse(await said('queue set otf --title Growing --json'))).toMatchObject({
      ...{ name: 'otf', title: 'Growing', leaseSeconds: 120, timeoutSeconds: null, maxAttempts: 5 },
      ...{ concurrency: null, cancelGraceSeconds: 10, users: ['ann'], bindings: ['shrink'] },
    });
    expect(await server.cli('queue set otf --at-once 0')).toMatchObject({ code: EXIT.usage });
  });

  it('redrive queues again what failed for good', async () => {
    await said('queue set broken');
    const { token, id } = await running('broken');
    await server.client.endTask({ token, outcome: 'failed', retry: false, error: { message: 'no' } });
    expect(await said('queue redrive broken')).toBe('1 task of queue broken queued again');
    expect(await server.client.showTask({ task: id })).toMatchObject({ state: 'queued', reason: 'retried' });
    expect(JSON.parse(await said('queue redrive broken --json'))).toEqual({ retried: [] });
  });

  it('delete asks, and will not while a task has not ended', async () => {
    await said('queue set brief');
    const { id } = await server.client.submitTask({ name: 'promote', queue: 'brief' });
    expect(await server.cli('queue delete brief')).toMatchObject({
      code: EXIT.usage,
      stderr: 'sluice queue delete: to delete queue brief where nobody can be asked, give --yes\n',
    });
    expect(await server.cli('queue delete brief --yes')).toMatchObject({
      stderr: expect.stringContaining(`task ${id} is queued: a queue can be deleted once`),
    });
    await said(`task cancel ${id}`);
    expect(await said('queue delete brief --yes')).toBe('queue brief is deleted');
    expect(await server.cli('queue show brief')).toMatchObject({ stdout: '' });
  });

  it('pause and resume say so', async () => {
    expect(await said('queue pause press')).toBe('queue press is paused');
    expect(await said('queue show press')).toMatch(/^state +paused$/m);
    expect(await said('queue resume press')).toBe('queue press is open');
  });
});
