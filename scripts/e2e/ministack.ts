import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../lib/cli/demo/children.ts';

const HOW =
  'no MiniStack: `python3 -m venv /tmp/ministack && /tmp/ministack/bin/pip install ministack`, then PATH=$PATH:/tmp/ministack/bin';

const START_SECONDS = 30;

/** Starts the `ministack` on PATH (https://pypi.org/project/ministack) on this machine's own address. */
export async function startMiniStack(): Promise<{ endpoint: string; stop: () => void }> {
  const port = String(process.env.GATEWAY_PORT ?? (await freePort()));
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ministack-'));
  const child = spawn('ministack', {
    cwd: folder,
    env: { ...process.env, BIND_HOST: '127.0.0.1', GATEWAY_PORT: port },
    stdio: 'ignore',
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new Error(HOW)));
    child.once('exit', code => reject(new Error(`ministack ended with ${code}`)));
  });
  const stop = () => {
    child.kill();
    void rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  ended.catch(() => {});
  await Promise.race([ended, untilHealthy(`${endpoint}/_ministack/health`)]);
  return { endpoint, stop };
}

async function untilHealthy(url: string): Promise<void> {
  for (let tries = START_SECONDS * 5; tries > 0; tries -= 1) {
    if ((await fetch(url).catch(() => undefined))?.ok) return;
    await setTimeout(200);
  }
  throw new Error(`ministack does not answer at ${url} after ${START_SECONDS} s`);
}
