import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createClient } from '../../lib/client/index.ts';
import { freePort, Processes, SLUICE, untilThere } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MINUTE = 60_000;
/** Lines of 100 bytes. */
const LINES = 1_000_000;
const MEBIBYTE = 1024 ** 2;

/** Less than the log: V8 ends a process that keeps more. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=90' };

/** Most memory that a process has had, in bytes. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

test('a log of 100 MB, all at once, is kept whole, and takes little of any memory', {
  timeout: 5 * MINUTE,
}, async () => {
  await using processes = new Processes();
  const folder = await tempFolder();
  const server = `http://127.0.0.1:${await freePort()}`;
  await writeFile(join(folder, 'sluice.json'), JSON.stringify({ queues: { q: {} } }));
  const serve = ['serve', '--port', new URL(server).port, '--dir', join(folder, 'data')];
  const serving = processes.start([SLUICE, ...serve, '--config', join(folder, 'sluice.json')], {
    env: SMALL_HEAP,
  });
  await untilThere(server);
  const client = createClient({ server });
  const { id } = await client.submitTask({ name: 'shout', queue: 'q' });
  const program = ['awk', `BEGIN { for (n = 1; n <= ${LINES}; n++) printf "%099d\\n", n }`];
  const env = { ...SMALL_HEAP, SLUICE_URL: server, TMPDIR: folder };
  const worker = processes.start([SLUICE, 'worker', 'run', '--queue', 'q', '--', ...program], {
    cwd: folder,
    env,
  });
  worker.stdout?.resume();
  const isWorking = () => worker.exitCode === null && worker.signalCode === null;
  while ((await client.showTask({ task: id })).endedAt === undefined && isWorking()) await setTimeout(100);
  expect(await client.showTask({ task: id })).toMatchObject({
    state: 'succeeded',
    log: { bytes: LINES * 100 },
  });
  const ofWorker = await peakOf(worker.pid);
  const hash = createHash('sha256');
  for (let after = '0.0', more = true; more; ) {
    const page = await client.readLog({ task: id, after });
    hash.update(page.text);
    ({ next: after, more } = page);
  }
  const expected = createHash('sha256');
  for (let n = 1; n <= LINES; n += 1) expected.update(`${String(n).padStart(99, '0')}\n`);
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
  expect(ofWorker).toBeLessThan(300 * MEBIBYTE);
  expect(await peakOf(serving.pid)).toBeLessThan(300 * MEBIBYTE);
});
