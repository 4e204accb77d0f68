import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A Node process that runs a script of the tests, and is killed when the running test ends. */
export class NodeChild {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #first = Promise.withResolvers<string>();
  readonly #ended: Promise<unknown>;
  /** What it has written to stderr. */
  stderr = '';

  constructor(script: URL, ...args: string[]) {
    this.#process = spawn(process.execPath, [script.pathname, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface(this.#process.stdout).on('line', line => {
      this.#lines.push(line);
      this.#first.resolve(line);
    });
    this.#process.stderr.setEncoding('utf8').on('data', text => {
      this.stderr += text;
    });
    this.#ended = once(this.#process, 'close').then(() =>
      this.#first.reject(new Error(`the process said nothing and ended: ${this.stderr}`)),
    );
    this.#first.promise.catch(() => {});
    onTestFinished(() => this.kill());
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the process did not start');
    return this.#process.pid;
  }

  /** The first line it writes to stdout; fails when it ends without one. */
  firstLine(): Promise<string> {
    return this.#first.promise;
  }

  /** All whole lines it wrote to stdout until its end. */
  async lines(): Promise<readonly string[]> {
    await this.#ended;
    return this.#lines;
  }

  /** Ends it without a chance to do anything more. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
