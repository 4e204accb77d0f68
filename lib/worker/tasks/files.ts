import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReservedTask, TaskFileUrls } from '../../contract/tasks.ts';
import { FatalError, messageOf } from '../handler.ts';
import { DownloadError, download } from '../program/download.ts';
import { fileNameOf } from '../program/file-name.ts';
import { withFolder } from '../program/scratch.ts';
import { upload } from '../program/upload.ts';
import { PermanentError } from './handlers.ts';
import type { TaskSettings } from './options.ts';

/** Paths of a task's files on this machine, by name. */
export interface LocalFiles {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface FilesOptions extends Pick<TaskSettings, 'scratch' | 'fetch' | 'clock' | 'random'> {
  /** Asks where the files are now. */
  readonly urls: () => Promise<TaskFileUrls>;
  readonly signal: AbortSignal;
  /** Hears what could not be removed. */
  readonly onLeft: (message: string) => void;
}

/**
 * Calls `use` with the inputs of a task on the disk, each with its own name and extension, and with paths for its
 * outputs, which are stored when `use` says that the task succeeded. Nothing of it stays, whatever happens.
 *
 * @throws PermanentError for an input that can never be read here
 * @throws FatalError when there can be no folder
 */
export async function withTaskFiles<T>(
  { task }: ReservedTask,
  options: FilesOptions,
  use: (files: LocalFiles) => Promise<T>,
  succeeded: (result: T) => boolean,
): Promise<T> {
  const sources = Object.entries(task.inputs);
  const targets = Object.entries(task.outputs);
  if (sources.length + targets.length === 0) return use({ inputs: {}, outputs: {} });
  return withFolder(options.scratch, options.onLeft, async folder => {
    const inputs = await pathsIn(join(folder, 'in'), sources);
    const outputs = await pathsIn(join(folder, 'out'), targets);
    if (sources.length > 0) await fetchInputs(inputs, options);
    const result = await use({ inputs, outputs });
    if (succeeded(result)) await storeOutputs(outputs, options);
    return result;
  });
}

/** Each file has a folder of its own, so that all may keep their names. */
async function pathsIn(
  folder: string,
  files: readonly (readonly [string, string])[],
): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  for (const [name, url] of files) {
    const own = join(folder, name);
    await mkdir(own, { recursive: true }).catch(cause => {
      throw new FatalError(`the scratch folder ${folder} cannot be used: ${messageOf(cause)}`, { cause });
    });
    paths[name] = join(own, fileNameOf(lastPartOf(url) || name));
  }
  return paths;
}

function lastPartOf(url: string): string {
  if (!URL.canParse(url)) return '';
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function fetchInputs(inputs: Readonly<Record<string, string>>, options: FilesOptions): Promise<void> {
  const urls = await options.urls();
  for (const [name, path] of Object.entries(inputs))
    try {
      await download({ replicas: [{ url: urls.inputs[name] ?? '' }] }, path, options);
    } catch (cause) {
      if (!(cause instanceof DownloadError)) throw cause;
      const message = `input ${name}: ${cause.message}`;
      throw cause.retry ? new Error(message, { cause }) : new PermanentError(message, { cause });
    }
}

async function storeOutputs(outputs: Readonly<Record<string, string>>, options: FilesOptions): Promise<void> {
  for (const [name, path] of Object.entries(outputs)) {
    if (!existsSync(path)) throw new Error(`there is no output ${name}: nothing was left at its path`);
    await upload(path, {
      ...options,
      place: async () => ({ url: (await options.urls()).outputs[name] ?? '' }),
    });
  }
}
