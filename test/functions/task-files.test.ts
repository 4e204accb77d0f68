import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { temporaryFolder } from '../worker/support.ts';
import { codeOf, refusalOf, startTestServer } from './support.ts';

async function startServer() {
  const share = await mkdtemp(join(temporaryFolder(), 'share-'));
  await writeFile(join(share, 'movie.mrc'), 'frames');
  const server = await startTestServer({
    shares: [share],
    configuration: Configuration.parse({ queues: { juicer: { retryBackoffSeconds: 0 } } }),
  });
  const { client } = server;
  const submit = (files: { inputs?: Record<string, string>; outputs?: Record<string, string> }) =>
    client.submitTask({ name: 'squeeze', queue: 'juicer', ...files });
  const hold = async () => {
    const reply = await client.reserveTasks({ worker: 'w1', queues: ['juicer'] });
    const [held] = reply.status === 'reserved' ? reply.tasks : [];
    if (!held) throw new Error('no task was reserved');
    return held.token;
  };
  const put = async (url: string | undefined, body: string) =>
    (await fetch(url ?? '', { method: 'PUT', body })).ok;
  return { ...server, share, submit, hold, put };
}

const textAt = async (url = '') => (await fetch(url)).text();

describe('the files of a task', () => {
  test('are read at the URLs of its inputs', async () => {
    const { client, share, submit, hold } = await startServer();
    await submit({ inputs: { movie: `file://${share}/movie.mrc`, far: 'https://host/x.csv' } });
    const { inputs } = await client.taskFiles({ token: await hold() });
    expect(inputs.far).toBe('https://host/x.csv');
    expect(await textAt(inputs.movie)).toBe('frames');
  });

  test('are those of the attempt that succeeded, and of no other one', async () => {
    const { client, submit, hold, put } = await startServer();
    const { id } = await submit({ outputs: { report: 'sluice:report.csv', copy: 'https://host/put' } });
    const first = await hold();
    const { outputs: lost } = await client.taskFiles({ token: first });
    expect(await put(lost.report, 'lost')).toBe(true);
    await client.endTask({ token: first, outcome: 'failed', error: { message: 'no' } });
    const second = await hold();
    const { outputs } = await client.taskFiles({ token: second });
    expect(outputs.copy).toBe('https://host/put');
    expect(await put(outputs.report, 'won')).toBe(true);
    expect(await client.taskOutputs({ task: id })).toEqual({ outputs: {} });
    await client.endTask({ token: second, outcome: 'succeeded' });
    const shown = await client.taskOutputs({ task: id });
    expect(await textAt(shown.outputs.report)).toBe('won');
    expect(shown.outputs.copy).toBe('https://host/put');
    expect(await put(lost.report, 'late')).toBe(true);
    expect(await textAt(shown.outputs.report)).toBe('won');
  });

  test('may be what another task left, under the name that it has there', async () => {
    const { client, submit, hold, put } = await startServer();
    const first = await submit({ outputs: { sum: 'sluice:sum.csv' } });
    const input = `sluice:${first.id}/sum.csv`;
    expect(await refusalOf(submit({ inputs: { sum: input } }))).toEqual({
      code: 'wrong_state',
      detail: 'inputs.sum: task juicer-1 is queued, and has no outputs before it has succeeded',
    });
    const token = await hold();
    await put((await client.taskFiles({ token })).outputs.sum, '1,2');
    await client.endTask({ token, outcome: 'succeeded' });
    await submit({ inputs: { sum: input } });
    const next = await hold();
    expect(await textAt((await client.taskFiles({ token: next })).inputs.sum)).toBe('1,2');
    await client.deleteTask({ task: first.id });
    expect(await codeOf(client.taskFiles({ token: next }))).toBe('task_unknown');
    expect(await codeOf(submit({ inputs: { sum: input } }))).toBe('task_unknown');
  });

  test('go with the task', async () => {
    const { client, submit, hold, put } = await startServer();
    const { id } = await submit({ outputs: { report: 'sluice:report.csv' } });
    const token = await hold();
    await put((await client.taskFiles({ token })).outputs.report, 'bytes');
    await client.endTask({ token, outcome: 'succeeded' });
    const { outputs } = await client.taskOutputs({ task: id });
    await client.deleteTask({ task: id });
    expect((await fetch(outputs.report ?? '')).status).toBe(404);
  });

  test('are for whoever holds it', async () => {
    const { client, submit, hold } = await startServer();
    await submit({});
    const token = await hold();
    await client.endTask({ token, outcome: 'succeeded' });
    expect(await codeOf(client.taskFiles({ token }))).toBe('already_settled');
    expect(await codeOf(client.taskFiles({ token: 'juicer-9.1.2' }))).toBe('token_unknown');
  });

  test('must be within reach when it is submitted', async () => {
    const { submit } = await startServer();
    expect(await refusalOf(submit({ inputs: { movie: 'file:///etc/passwd' } }))).toEqual({
      code: 'invalid_request',
      detail: 'inputs.movie: /etc/passwd is in no folder this server shares; start it with --share /etc',
    });
    for (const input of ['sluice:x', 'sluice:juicer/x'])
      expect(await refusalOf(submit({ inputs: { movie: input } }))).toEqual({
        code: 'invalid_request',
        detail: `inputs.movie: ${input} is no output of a task, such as sluice:juicer-7/sum.csv`,
      });
    const { id } = await submit({ outputs: { sum: 'sluice:sum.csv' } });
    expect((await refusalOf(submit({ inputs: { movie: `sluice:${id}/sum` } }))).detail).toBe(
      `inputs.movie: task ${id} has no output sluice:sum`,
    );
    expect(await refusalOf(submit({ outputs: { report: 's3://bucket/key' } }))).toEqual({
      code: 'invalid_request',
      detail:
        'outputs.report: s3://bucket/key is no place for an output; it is sluice:NAME, which is kept with the task, or an http: or https: URL to PUT to',
    });
  });
});
