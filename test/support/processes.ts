import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClient, UnreachableError } from '../../lib/client/index.ts';

export const SLUICE = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));

/** The processes of one test: each started as its users would, none left behind. */
export class Processes implements AsyncDisposable {
  readonly #running = new Set<ChildProcess>();

  start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): ChildProcess {
    const child = spawn(process.execPath, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  /** Ends a process with -9, and waits until it is gone. */
  async kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map(child => this.kill(child)));
  }
}

/** What a process prints, and the code it ends with. */
export async function resultOf(
  child: ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Buffer> | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A TCP port that nothing listens at. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Waits until a server answers. */
export async function untilThere(server: string): Promise<void> {
  const client = createClient({ server });
  for (;;) {
    try {
      await client.health({});
      return;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}
