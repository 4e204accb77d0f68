import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { shell } from '../support/cli-home.ts';
import { Processes, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { guideBlocks, programFile, sluiceOnPath } from './guide.ts';

const blocks = await guideBlocks('coming-from-emhub.md');

/** A server as the guide declares it, and a folder in which `sluice` is a command and a session has left movies. */
async function start() {
  const folder = await tempFolder();
  await mkdir(join(folder, 'session42'));
  for (let n = 1; n <= 20; n += 1) await writeFile(join(folder, 'session42', `${n}.tiff`), 'x');
  const [declared = ''] = blocks('The server', 'json');
  const { client, url } = await startTestServer({
    clock: systemClock,
    configuration: Configuration.parse(JSON.parse(declared)),
  });
  const env = { SLUICE_URL: url, PATH: await sluiceOnPath(folder) };
  const run = (script: string) =>
    shell('bash', `set -e; cd ${folder}; export PATH=${env.PATH} SLUICE_URL=${url}\n${script}`);
  return { client, url, folder, env, run };
}

test('the worker that the guide shows runs the tasks of a session, by the commands of the guide', async () => {
  const { client, url, run } = await start();
  await using processes = new Processes();
  const [code = ''] = blocks('The worker', 'ts');
  processes.start([await programFile(code, url)]).stdout?.resume();
  const [submit = '', overHttp = ''] = blocks('Tasks', 'sh');

  expect((await run(submit)).stdout).toContain(hostname());
  const monitor = await client.showTask({ task: 'krios-1-1' });
  expect(monitor).toMatchObject({ state: 'succeeded', result: { movies: 20 }, title: 'Session 42' });
  expect(monitor.history.map(({ event }) => event.count)).toEqual([4, 5]);
  expect((await client.showTask({ task: 'krios-1-2' })).result?.output).toContain('Filesystem');
  const { id: unknown } = await client.submitTask({ name: 'sesion', queue: 'krios-1' });

  const first = await client.submitTask({
    ...{ name: 'session', queue: 'krios-1' },
    args: { action: 'otf', sleep: 600, raw: String(monitor.args.raw) },
  });
  const lastEvent = async (task: string) => (await client.showTask({ task })).lastEvent?.event;
  const LAUNCHED = { otf_status: 'launched', movies: 20 };
  await expect.poll(() => lastEvent(first.id), { timeout: 10_000 }).toEqual(LAUNCHED);
  // A second one ends the first, although that is in a pause of ten minutes.
  const [watched = '', cancelled = ''] = overHttp.split('sluice task show');
  const { stdout } = await run(`${watched}cat otf`);
  await expect.poll(() => lastEvent(stdout.trim()), { timeout: 10_000 }).toEqual(LAUNCHED);
  expect(await client.showTask({ task: first.id })).toMatchObject({
    ...{ state: 'succeeded', result: { msg: 'forced to stop' } },
  });
  expect((await run(`sluice task show${cancelled}`)).stdout).toMatch(/is cancelling\n$/);
  expect((await client.showTask({ task: unknown })).error?.message).toBe(
    'there is no handler for task sesion',
  );
});

test('the handler in Python that the guide shows moves files', async () => {
  const { folder, env, run } = await start();
  await using processes = new Processes();
  const [program = ''] = blocks('A handler in Python', 'python');
  await writeFile(join(folder, 'transfer.py'), program);
  const [worker = '', commands = ''] = blocks('A handler in Python', 'sh');
  const [declare = '', ...rest] = commands.split('\n');
  await run(declare);
  processes.start([SLUICE, ...worker.trim().split(' ').slice(1)], { cwd: folder, env }).stdout?.resume();
  const { stdout } = await run(rest.join('\n'));
  expect(stdout.trim()).toBe('["succeeded",{"new_files":2,"total_files":2}]');
  expect(await readFile(join(folder, 'raw/2.tiff'), 'utf8')).toBe('movie\n');
});
