import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilThere as clientIsThere } from '../../lib/cli/demo/until-there.ts';
import { createClient } from '../../lib/client/index.ts';

export { freePort } from '../../lib/cli/demo/children.ts';

export const SLUICE = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));

interface Options {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

/** The processes of one test: each started as its users would, none left behind. */
export class Processes implements AsyncDisposable {
  readonly #running = new Set<ChildProcess>();

  /** A Node of the version that runs the tests. */
  start(args: readonly string[], options: Options = {}): ChildProcess {
    return this.run(process.execPath, args, options);
  }

  run(program: string, args: readonly string[], options: Options = {}): ChildProcess {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(options.stdin);
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

/** Waits until a server answers. */
export function untilThere(server: string): Promise<void> {
  return clientIsThere(createClient({ server }));
}
