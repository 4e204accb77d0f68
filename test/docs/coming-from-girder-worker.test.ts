import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { shell } from '../support/cli-home.ts';
import { Processes, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { guideBlocks, programFile, sluiceOnPath } from './guide.ts';

const blocks = await guideBlocks('coming-from-girder-worker.md');

function last(codes: readonly string[]): string {
  const code = codes.at(-1);
  if (code === undefined) throw new Error('the guide has no such code');
  return code;
}

/** A server as the guide declares it, and a folder with what the guide has in files. */
async function start() {
  const folder = await tempFolder();
  const slides = join(folder, 'slides');
  await mkdir(slides);
  await writeFile(join(slides, '7.txt'), '1\n5\n9\n');
  const [serve = ''] = blocks('The server', 'sh');
  expect(serve).toBe('sluice serve --config sluice.json --share slides\n');
  const { client, url } = await startTestServer({
    clock: systemClock,
    shares: [slides],
    configuration: Configuration.parse(JSON.parse(last(blocks('The server', 'json')))),
  });
  const program = last(blocks('The task', 'python'));
  await writeFile(join(folder, 'segment.py'), program);
  const env = { SLUICE_URL: url, PATH: await sluiceOnPath(folder) };
  const run = (script: string) =>
    shell('bash', `set -e; cd ${folder}; export PATH=${env.PATH} SLUICE_URL=${url}\n${script}`);
  return { client, url, folder, env, run };
}

test('a program does what a task of Girder Worker did, by the commands of the guide', async () => {
  const { client, folder, env, run } = await start();
  await using processes = new Processes();
  const worker = last(blocks('The worker', 'sh')).trim().split(' ').slice(1);
  processes.start([SLUICE, ...worker], { cwd: folder, env }).stdout?.resume();
  const [submit = '', overHttp = ''] = blocks('Submitting', 'sh');
  const [watch = '', next = ''] = blocks('Watching, and the result', 'sh');

  await run(submit);
  const shown = await run(watch);
  expect(shown.stdout).toMatch(/^reading \/.*\/7\.txt\ndone\n/);
  for (const line of [
    'title +Segment slide 7',
    'type +analysis',
    'progress +1 of 2 reading',
    'meta +study=7',
  ])
    expect(shown.stdout).toMatch(new RegExp(`^${line}$`, 'm'));
  expect(await readFile(join(folder, 'mask.txt'), 'utf8')).toBe('5\n9\n');
  const [, id = ''] = /^task +(\S+)$/m.exec(shown.stdout) ?? [];
  const task = await client.showTask({ task: id });
  expect(task).toMatchObject({ state: 'succeeded', public: true, owner: 'local' });

  const other = (await run(overHttp)).stdout.trim();
  const { name, title, type, args, meta, inputs, outputs } = task;
  expect(await client.showTask({ task: other })).toMatchObject({
    ...{ name, title, type, args, meta, inputs, outputs, public: true },
  });
  const followed = await run(next);
  expect(followed.stdout).toMatch(
    /^analysis-\d+\nreading \/.*\/mask\.txt\ndone\ntask analysis-\d+ is succeeded\n$/,
  );
});

test('tasks are cancelled, and know their parts, by the commands of the guide', async () => {
  const { client, run } = await start();
  expect((await run(last(blocks('Cancelling', 'sh')))).stdout).toMatch(/^task \S+ is cancelled\n$/);
  const { stdout } = await run(last(blocks('Tasks of many parts', 'sh')));
  expect(stdout).toMatch(/is cancelled\n$/);
  const { tasks } = await client.listTasks({});
  const parts = tasks.filter(({ parent }) => parent !== undefined);
  expect(parts.map(({ state, reason }) => [state, reason])).toEqual(
    parts.map(() => ['cancelled', 'parent_cancelled']),
  );
  expect(parts).toHaveLength(3);
});

test('the worker in TypeScript that the guide shows does the same', async () => {
  const { client, url, folder } = await start();
  await using processes = new Processes();
  const code = last(blocks('In TypeScript', 'ts'));
  processes.start([await programFile(code, url)]);
  const { id } = await client.submitTask({
    ...{ name: 'segment', queue: 'analysis', args: { threshold: 3 } },
    inputs: { slide: `file://${folder}/slides/7.txt` },
    outputs: { mask: 'sluice:mask.txt' },
  });
  while ((await client.showTask({ task: id })).endedAt === undefined) await systemClock.sleep(50);
  expect(await client.showTask({ task: id })).toMatchObject({
    ...{ state: 'succeeded', result: { found: 2 }, progress: { current: 1, total: 2 } },
    log: { tail: expect.stringMatching(/^reading \/.*\/7\.txt\n$/) },
  });
  const { outputs } = await client.taskOutputs({ task: id });
  expect(await (await fetch(outputs.mask ?? '')).text()).toBe('5\n9\n');
});
