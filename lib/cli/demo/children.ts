import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const SLUICE = fileURLToPath(new URL('../../../bin/sluice.js', import.meta.url));
const WORKER = fileURLToPath(new URL('./checksum-worker.ts', import.meta.url));

/** The processes of the demo; whatever happens, none outlives it. */
export class Children {
  readonly #running = new Set<ChildProcess>();

  sluice(...args: string[]): ChildProcess {
    return this.#start([SLUICE, ...args]);
  }

  worker(server: string, project: number, name: string): ChildProcess {
    return this.#start([WORKER, '--server', server, '--project', String(project), '--worker', name]);
  }

  /** Kills a process as a crash would, and waits until it is gone. */
  async crash(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map(child => this.crash(child)));
  }

  #start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }
}

/** What a command prints on stdout; fails when it ends with another code than 0. */
export async function outputOf(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', chunk => chunks.push(chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnargs.slice(2).join(' ')} ended with ${code}`);
  return Buffer.concat(chunks).toString().trim();
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
