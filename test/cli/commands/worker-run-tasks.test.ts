import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { Configuration } from '../../../lib/contract/queues.ts';
import { CliServer } from '../../support/cli-server.ts';
import type { CliOptions } from '../../support/run-cli.ts';

let server: CliServer;
const names = ['plain', 'files', 'fails', 'stops', 'cancels', 'gone', 'same', 'json', 'logs'];
beforeAll(async () => {
  const queue = { retryBackoffSeconds: 0, maxAttempts: 2, leaseSeconds: 3 };
  const queues = Object.fromEntries(names.map(name => [name, queue]));
  server = await CliServer.start({ sharing: ['files'], configuration: Configuration.parse({ queues }) });
  await mkdir(join(server.folder, 'scratch'));
  await writeFile(join(server.folder, 'files', 'movie.mrc'), 'frames');
});
afterAll(() => server.stop());

/** Runs a script for each task of a queue, until that many have ended or the worker is stopped. */
function run(queue: string, script: string, options: readonly string[] = [], cliOptions: CliOptions = {}) {
  const stop = new AbortController();
  const { PATH = '' } = process.env;
  const line = ['worker', 'run', '--queue', queue, '--scratch', 'scratch', '-w', `w-${queue}`, ...options];
  const ended = server.cli([...line, '--', 'sh', '-c', script], {
    signal: stop.signal,
    ...cliOptions,
    env: { PATH, ...cliOptions.env },
  });
  return { ended, stop: () => stop.abort(new Stopped('SIGTERM')) };
}

async function until(task: string, ...states: string[]) {
  for (;;) {
    const shown = await server.client.showTask({ task });
    if (states.includes(shown.state)) return shown;
    await setTimeout(20);
  }
}

describe('worker run --queue', () => {
  it('runs the program for each task, with its arguments as a file, until it is stopped', async () => {
    const args = { cart: 'tomcat' };
    const { id } = await server.client.submitTask({ name: 'promote', queue: 'plain', args });
    const script = 'cat {args}; echo; echo {task} $SLUICE_TASK_NAME $SLUICE_ATTEMPT $SLUICE_TASK_TOKEN';
    const said = new RegExp(`^${id} promote 1 ${id}\\.1\\.\\d+$`, 'm');
    const { ended, stop } = run('plain', script);
    expect((await until(id, 'succeeded')).status).toMatch(said);
    expect((await server.cli('worker list --queue plain')).stdout).toMatch(/^w-plain +active +plain +1 /m);
    expect((await server.cli('worker list --queue files')).stdout).not.toContain('w-plain');
    stop();
    const { code, stdout, stderr } = await ended;
    expect(stdout).toMatch(/^\{"cart":"tomcat"\}$/m);
    expect(stdout).toMatch(said);
    expect(code).toBe(EXIT.terminated);
    expect(stderr).toContain(`task ${id} promote is begun, attempt 1\ntask ${id} succeeded\n`);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('1 task succeeded');
    expect(await readdir(join(server.folder, 'scratch'))).toEqual([]);
  });

  it('gives it the paths of inputs and outputs', async () => {
    const inputs = { movie: `file://${server.folder}/files/movie.mrc` };
    const outputs = { sum: 'sluice:sum.txt' };
    const { id } = await server.client.submitTask({ name: 'sum', queue: 'files', inputs, outputs });
    const { id: other } = await server.client.submitTask({ name: 'sum', queue: 'files' });
    const { ended, stop } = run('files', 'tr a-z A-Z < {in.movie} > {out.sum}; echo {in.movie}');
    expect((await until(id, 'succeeded', 'failed')).status).toMatch(/\/movie\.mrc$/);
    const url = (await server.client.taskOutputs({ task: id })).outputs.sum ?? '';
    expect(await (await fetch(url)).text()).toBe('FRAMES');
    expect((await server.cli(`task outputs ${id}`)).stdout).toMatch(/^sum=http:\S+\n$/);
    const { sum } = JSON.parse((await server.cli(`task outputs ${id} --json`)).stdout);
    expect(await (await fetch(sum)).text()).toBe('FRAMES');
    expect(await server.cli(`task outputs ${other}`)).toMatchObject({ code: EXIT.ok, stdout: '' });
    expect(await until(other, 'failed')).toMatchObject({
      attempt: 1,
      error: { message: 'the task has no input movie' },
    });
    stop();
    await ended;
  });

  it('takes a code other than 0 for a failure, to be tried again unless it says otherwise', async () => {
    const submit = (code: number) =>
      server.client.submitTask({ name: 'exit', queue: 'fails', args: { code } });
    const [again, data, given] = [await submit(3), await submit(65), await submit(9)];
    const script = 'echo broken >&2; exit $(tr -dc 0-9 < {args})';
    const { ended, stop } = run('fails', script, ['--fail-code', '9', '--concurrency', '3']);
    expect(await until(again.id, 'failed')).toMatchObject({
      attempt: 2,
      error: { message: 'exit 3: broken' },
    });
    expect(await until(data.id, 'failed')).toMatchObject({
      attempt: 1,
      error: { message: 'exit 65: broken' },
    });
    const failed = await until(given.id, 'failed');
    expect(failed).toMatchObject({ attempt: 1, error: { message: 'exit 9: broken' } });
    expect(failed.error).not.toHaveProperty('stack');
    stop();
    const { stderr } = await ended;
    expect(stderr).toContain(`${again.id}: broken\n`);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('0 tasks succeeded, 3 failed, 1 to be tried again');
  });

  it('lets the program finish when it is stopped', async () => {
    const { id } = await server.client.submitTask({ name: 'slow', queue: 'stops' });
    const { ended, stop } = run('stops', 'echo begun; sleep 0.3; echo ended', [], {
      onWrite: text => text === 'begun\n' && stop(),
    });
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([EXIT.terminated, 'begun\nended\n']);
    expect((await until(id, 'succeeded')).attempt).toBe(1);
  });

  it('ends the program of a task that is cancelled', async () => {
    const { id } = await server.client.submitTask({ name: 'long', queue: 'cancels' });
    const begun = Promise.withResolvers<void>();
    const { ended, stop } = run('cancels', 'trap "echo told; exit 1" TERM; echo begun; sleep 60 & wait', [], {
      onWrite: text => text === 'begun\n' && begun.resolve(),
    });
    await begun.promise;
    await server.client.cancelTask({ task: id });
    expect(await until(id, 'cancelled')).toMatchObject({ reason: 'cancelled' });
    stop();
    const { stdout, stderr } = await ended;
    expect(stdout).toBe('begun\ntold\n');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('0 tasks succeeded, 1 cancelled');
  });

  it('keeps what the program writes as the log of its task, without what is secret', async () => {
    const { id } = await server.client.submitTask({ name: 'work', queue: 'logs' });
    const script = 'echo out; echo key=1234 >&2; sleep 0.1; echo status key=5678; exit 65';
    const { ended, stop } = run('logs', script, ['--redact', 'key=\\d+']);
    const task = await until(id, 'failed');
    expect(task).toMatchObject({ status: 'status ***', error: { message: 'exit 65: ***' } });
    expect((await server.cli(`task log ${id}`)).stdout).toMatch(/^(out\n\*{3}|\*{3}\nout)\nstatus \*{3}\n$/);
    stop();
    const { stdout, stderr } = await ended;
    expect(`${stdout}${stderr}`).not.toMatch(/1234|5678/);
  });

  it('ends at once where the program cannot be run, and gives the task back', async () => {
    const { id } = await server.client.submitTask({ name: 'work', queue: 'gone' });
    const { code, stderr } = await server.cli(['worker', 'run', '--queue', 'gone', '--', './gone']);
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringMatching(/: \.\/gone cannot be run: .*\n$/)]);
    expect(await server.client.showTask({ task: id })).toMatchObject({ state: 'queued', attempt: 0 });
  });

  it('does not share its id with another that runs now', async () => {
    await server.client.submitTask({ name: 'work', queue: 'same' });
    const begun = Promise.withResolvers<void>();
    const first = run('same', 'echo begun; sleep 0.3', [], {
      onWrite: text => text === 'begun\n' && begun.resolve(),
    });
    await begun.promise;
    const second = await run('same', 'true').ended;
    expect([second.code, second.stderr]).toEqual([EXIT.unavailable, expect.stringContaining('in use')]);
    first.stop();
    await first.ended;
  });

  it('prints each event as a line of JSON with --json', async () => {
    const { id } = await server.client.submitTask({ name: 'work', queue: 'json' });
    const { ended, stop } = run('json', 'echo out', ['--json']);
    await until(id, 'succeeded');
    await setTimeout(50);
    stop();
    const { stdout, stderr } = await ended;
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'begun', task: id },
      { type: 'finished', task: id, end: { outcome: 'succeeded' } },
      { type: 'reported', task: id, state: 'succeeded' },
      { type: 'stopping', why: 'signal' },
      { type: 'ended', succeeded: 1 },
    ]);
    expect(stderr).toBe('out\n');
  });

  it.each([
    ['worker run -- true', 'give the number of a project, or --queue'],
    ['worker run 1 --queue plain -- true', 'give the number of a project or --queue, not both'],
    ['worker run --queue plain --lane tape -- true', '--lane is for the files of a project, not for tasks'],
    ['worker run 1 --redact x -- true', '--redact is for tasks, not for the files of a project'],
    ['worker run --queue plain --redact ( -- true', '--redact takes a regular expression, not "("'],
    ['worker list 1 --queue plain', 'give a project or --queue, not both'],
  ])('refuses %s', async (line, sentence) => {
    const { code, stderr } = await server.cli(line);
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining(sentence)]);
  });
});
