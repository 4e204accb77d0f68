import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort, Processes, resultOf, SLUICE, untilThere } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** As dirjobs is used: a folder of job files, and workers that each take those of some name. */
test('a folder of job files is worked through by workers with filters, each job by exactly one', async () => {
  const folder = await tempFolder();
  const jobs = join(folder, 'jobs');
  const ran = join(folder, 'ran');
  await Promise.all([mkdir(jobs), mkdir(ran)]);
  const names = ['fast', 'slow'].flatMap(kind => Array.from({ length: 12 }, (_, n) => `${kind}-${n}.sh`));
  for (const name of names) {
    const end = name === 'slow-7.sh' ? 'echo no such calibration >&2; exit 65' : 'exit 0';
    await writeFile(join(jobs, name), `#!/bin/sh\necho "$WHO" >>'${ran}/${name}'\n${end}\n`, { mode: 0o755 });
  }
  await using processes = new Processes();
  const port = String(await freePort());
  const env = { SLUICE_URL: `http://127.0.0.1:${port}` };
  const sluice = (...args: string[]) => processes.start([SLUICE, ...args], { env, cwd: folder });
  sluice('serve', '--dir', join(folder, 'data'), '--share', jobs, '--port', port);
  await untilThere(env.SLUICE_URL);

  // A lane for each kind: what dirjobs does by filters on names.
  const manifest = names.map(name =>
    JSON.stringify({ name, lane: name.split('-')[0], replicas: [{ url: `file://${jobs}/${name}` }] }),
  );
  await writeFile(join(folder, 'manifest'), manifest.join('\n'));
  const created = await resultOf(sluice('project', 'create', '--manifest', 'manifest'));
  const id = created.stdout.trim();

  const worker = (name: string, ...lanes: string[]) =>
    processes.start(
      [
        SLUICE,
        'worker',
        'run',
        id,
        '--worker',
        name,
        '--concurrency',
        '2',
        ...lanes.flatMap(lane => ['--lane', lane]),
        '--',
        'sh',
        '{path}',
      ],
      { env: { ...env, WHO: name }, cwd: folder },
    );
  const results = await Promise.all(
    [worker('ann', 'fast'), worker('bob', 'slow'), worker('cy', 'fast', 'slow')].map(resultOf),
  );
  expect(results.map(({ code }) => code)).toEqual([1, 1, 1]);

  expect((await readdir(ran)).sort()).toEqual([...names].sort());
  const whoRan = await Promise.all(
    names.map(async name => [name, await readLines(join(ran, name))] as const),
  );
  for (const [name, who] of whoRan) {
    expect(who).toHaveLength(1);
    expect(name.startsWith('fast') ? ['ann', 'cy'] : ['bob', 'cy']).toContain(who[0]);
  }

  const failed = await resultOf(sluice('project', 'files', id, '--state', 'failed', '--json'));
  const file = JSON.parse(failed.stdout.trim());
  expect(file).toMatchObject({
    did: 'slow-7.sh',
    state: 'failed',
    failure: { reason: expect.stringContaining('no such calibration') },
  });
  expect(Math.abs(Date.now() - file.failure.at)).toBeLessThan(120_000);
  const shown = await resultOf(sluice('project', 'files', id, '--state', 'failed'));
  expect(shown.stdout).toMatch(/slow-7\.sh.*no such calibration/s);
}, 120_000);

async function readLines(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).trim().split('\n');
}
