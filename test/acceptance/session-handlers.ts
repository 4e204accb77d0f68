import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PermanentError, type TaskFunction, TaskHandler } from '../../lib/worker/index.ts';

/** The handlers of a worker of microscope sessions, as EMhub's users have them. */

const run = promisify(execFile);

/** Runs a command and tells what it prints. */
const command: TaskFunction = async ({ args }, context) => {
  const { stdout } = await run('sh', ['-c', String(args.cmd)], { signal: context.signal });
  await context.update({ output: stdout });
  return { output: stdout };
};

/** The processing that is under way on this host: one at most. */
let processing: Session | undefined;

class Session extends TaskHandler {
  override pauseSeconds = Number(this.task.args.sleep ?? 10);
  #count = Number(this.task.checkpoint?.count ?? 0);
  /** Sizes of files as they were at the last look. */
  #seen = new Map<string, number>();
  #isLaunched = false;

  async process(): Promise<void> {
    this.#count += 1;
    await appendFile(String(this.task.args.trace), `${this.task.id}\n`);
    const { action } = this.task.args;
    if (action === 'monitor') await this.#monitor();
    else if (action === 'transfer') await this.#transfer();
    else if (action === 'otf') await this.#otf();
    else throw new PermanentError(`unknown action ${action}`);
  }

  /** Counts movies, and tells the newest two counts, as often as it is asked to. */
  async #monitor(): Promise<void> {
    const movies = (await moviesIn(String(this.task.args.raw))).length;
    if (movies === 0) throw new Error('there are no movies');
    await this.context.update({ movies, count: this.#count }, { maxlen: 2 });
    await this.context.checkpoint({ count: this.#count });
    if (this.#count >= Number(this.task.args.repeat ?? 1)) this.stop({ movies, count: this.#count });
  }

  /** Copies what has not grown since the last look, until all that is expected is there. */
  async #transfer(): Promise<void> {
    const [from, to] = [String(this.task.args.frames), String(this.task.args.raw)];
    await mkdir(to, { recursive: true });
    const there = new Set(await moviesIn(to));
    let copied = 0;
    for (const name of await moviesIn(from)) {
      const { size } = await stat(join(from, name));
      if (there.has(name)) continue;
      if (this.#seen.get(name) === size) {
        await copyFile(join(from, name), join(to, `.${name}`));
        await rename(join(to, `.${name}`), join(to, name));
        copied += 1;
      }
      this.#seen.set(name, size);
    }
    const total = there.size + copied;
    if (copied > 0) await this.context.update({ new_files: copied, total_files: total });
    if (total >= Number(this.task.args.expected)) this.stop({ total_files: total });
  }

  /** Starts the processing once there are movies enough; whatever else is processed on this host is stopped. */
  async #otf(): Promise<void> {
    const { otf } = await this.context.getConfig('sessions');
    const threshold = Number(Object(otf).threshold);
    const movies = (await moviesIn(String(this.task.args.raw))).length;
    if (this.#isLaunched || movies <= threshold) return;
    this.#isLaunched = true;
    const other = processing;
    processing = this;
    if (other && !other.ended && !other.context.signal.aborted) {
      await other.context.update({ msg: 'forced to stop' });
      other.stop({ msg: 'forced to stop' });
    }
    await this.context.update({ otf_status: 'launched', movies });
  }
}

async function moviesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter(name => name.endsWith('.tiff') && !name.startsWith('.')).sort();
}

/** Every other name. */
export const defaultHandler: TaskFunction = ({ name }) => {
  throw new PermanentError(`there is no handler for task ${name}`);
};

export const handlers = { command, session: Session };
