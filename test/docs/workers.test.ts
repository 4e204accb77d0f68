import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { Processes } from '../support/processes.ts';
import { temporaryFolder } from '../worker/support.ts';
import { programFile } from './guide.ts';

const GUIDE = fileURLToPath(new URL('../../docs/workers.md', import.meta.url));

/** Runs an example of the guide, as a program that speaks to a server of this test. */
async function example(title: string, server: string, processes: Processes) {
  const text = await readFile(GUIDE, 'utf8');
  const [, code] = new RegExp(`^## ${title}\n+\`\`\`ts\n(.*?)^\`\`\``, 'ms').exec(text) ?? [];
  if (code === undefined) throw new Error(`the guide has no example under ${title}`);
  expect(code).toContain('http://127.0.0.1:8470');
  return processes.start([await programFile(code, server)]);
}

test('the worker of tasks that the guide shows runs them', async () => {
  await using processes = new Processes();
  const { client, url } = await startTestServer({
    clock: systemClock,
    configuration: Configuration.parse({ queues: { juicer: {} } }),
  });
  await example('Tasks in TypeScript', url, processes);
  const run = async (name: string, args = {}) => {
    const { id } = await client.submitTask({ name, queue: 'juicer', args });
    for (;;) {
      const task = await client.showTask({ task: id });
      if (task.endedAt !== undefined) return task;
      await systemClock.sleep(50);
    }
  };
  expect(await run('promote', { cart: 'tomcat', environment: 'test' })).toMatchObject({
    ...{ state: 'succeeded', result: { promoted: 'tomcat' }, status: 'promoting tomcat' },
    progress: { current: 1, total: 2, message: 'copying' },
  });
  expect((await run('promote', { environment: 'test' })).error?.message).toMatch(
    /^the arguments of promote do not fit: cart: /,
  );
  expect((await run('promote', { cart: 'a', environment: 'prod' })).error?.message).toBe(
    'nobody promotes to prod',
  );
  expect(await run('session')).toMatchObject({
    ...{ result: { movies: 1 }, checkpoint: { seen: 1 } },
    history: [{ event: { movies: 1 } }],
  });
  expect((await run('other')).result).toEqual({ skipped: 'other' });
});

test('the worker of files that the guide shows does them', async () => {
  await using processes = new Processes();
  const share = temporaryFolder();
  await writeFile(join(share, 'a.txt'), 'a');
  const { client, url } = await startTestServer({ clock: systemClock, shares: [share] });
  const files = [{ name: 'a', replicas: [{ url: `file://${share}/a.txt` }] }];
  const { project } = await client.createProject({ files });
  expect(project.id).toBe(1);
  await example('Files in TypeScript', url, processes);
  for (;;) {
    const { state, counts } = await client.showProject({ project: 1 });
    if (state === 'done') break;
    expect(counts.failed).toBe(0);
    await systemClock.sleep(50);
  }
});
