import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createClient } from '../../lib/client/index.ts';
import { startServer } from '../support/local-server.ts';
import { resultOf, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const LOOP = fileURLToPath(new URL('./shell-worker.sh', import.meta.url));

test("today's shell loop works: next -j, curl, done, failed and failed -f, by several workers at once", async () => {
  const folder = await tempFolder();
  const data = join(folder, 'data');
  await mkdir(data);
  for (let lines = 1; lines <= 8; lines += 1)
    await writeFile(join(data, `${lines}.txt`), 'line\n'.repeat(lines));
  await writeFile(join(data, 'flaky.txt'), 'flaky\n');
  await writeFile(join(data, 'empty.txt'), '');
  const server = await startServer({ shares: [data] });
  const client = createClient({ server: server.url });
  const env = await shellEnvironment(folder, server.url);

  const create = spawn('sluice', ['project', 'create', '--dir', data, '--backoff', '0'], { env });
  const id = (await resultOf(create)).stdout.trim();
  const workers = await Promise.all(
    [1, 2, 3].map(number => runLoop(join(folder, `worker-${number}`), id, env)),
  );

  expect(workers.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    workers.map(() => ({ code: 0, stderr: '' })),
  );
  const counted = workers.flatMap(({ lines }) => lines).sort();
  expect(counted).toEqual([...Array.from({ length: 8 }, (_, n) => `${n + 1}.txt ${n + 1}`), 'flaky.txt 1']);
  const project = await client.showProject({ project: Number(id) });
  expect(project).toMatchObject({ state: 'failed', counts: { done: 9, failed: 1 } });
  const failed = await client.listFiles({ project: Number(id), state: 'failed' });
  expect(failed.files).toMatchObject([{ did: 'empty.txt', attempts: 1 }]);
  expect(await client.showFile({ project: Number(id), did: 'flaky.txt' })).toMatchObject({
    attempts: 2,
  });
}, 120_000);

/** A shell in which `sluice` is a command. */
async function shellEnvironment(folder: string, url: string): Promise<Record<string, string>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'sluice'), `#!/bin/sh\nexec '${process.execPath}' '${SLUICE}' "$@"\n`, {
    mode: 0o755,
  });
  return { PATH: `${bin}:${process.env.PATH}`, HOME: folder, SLUICE_URL: url };
}

async function runLoop(folder: string, project: string, env: Record<string, string>) {
  await mkdir(folder);
  const child = spawn('bash', [LOOP, project], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const result = await resultOf(child);
  const lines = await readFile(join(folder, 'lines'), 'utf8').catch(() => '');
  return { ...result, lines: lines.split('\n').filter(line => line !== '') };
}
