import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Makes this Node one that does not run TypeScript, as the older ones do not. */
export const OLD_NODE = '--no-experimental-strip-types';

/** How a process ended, and what it said. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout in a folder of its own: the real `bin/sluice.js`, before a `lib/cli/main.ts` of the test's. */
export class CliHome {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(main: string): Promise<CliHome> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-cli-')));
    for (const name of ['bin', 'lib/cli', 'node_modules/node/bin']) {
      await mkdir(join(folder, name), { recursive: true });
    }
    await copyFile('bin/sluice.js', join(folder, 'bin/sluice.js'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'lib/cli/main.ts'), main);
    return new CliHome(folder);
  }

  get launcher(): string {
    return join(this.#folder, 'bin/sluice.js');
  }

  /** Puts a shell script where `npm ci` puts a Node. */
  async bundle(script: string, mode = 0o755): Promise<void> {
    await writeFile(join(this.#folder, 'node_modules/node/bin/node'), `#!/bin/sh\n${script}\n`, { mode });
  }

  /** Puts this very Node there. */
  async bundleThisNode(): Promise<void> {
    await symlink(process.execPath, join(this.#folder, 'node_modules/node/bin/node'));
  }

  /** Starts the launcher; `ready` when it has said its first words. */
  start(nodeOptions: readonly string[], ...args: string[]) {
    const env = { ...process.env, XDG_CACHE_HOME: join(this.#folder, 'cache') };
    const child = spawn(process.execPath, [...nodeOptions, this.launcher, ...args], { env });
    const ready = new Promise(resolve => child.stdout.once('data', resolve));
    const exit = new Promise<Pick<Ended, 'code' | 'signal'>>(resolve =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
      ([how, stdout, stderr]): Ended => ({ ...how, stdout, stderr }),
    );
    return { child, ready, ended };
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

/** Runs a script in a shell, with `args` as its parameters; throws where it fails. */
export function shell(
  name: string,
  script: string,
  ...args: string[]
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(name, ['-c', script, name, ...args], (error, stdout, stderr) =>
      error ? reject(error) : resolve({ stdout, stderr }),
    );
  });
}
