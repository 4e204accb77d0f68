import { existsSync } from 'node:fs';
import type { Client } from '../../client/index.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { FileTask, Handler, Outcome } from '../handler.ts';
import { runChild } from './child.ts';
import { DownloadError, download } from './download.ts';
import { asFatal, isForGood, reasonFor } from './exit.ts';
import { fileNameOf } from './file-name.ts';
import type { OnLine } from './lines.ts';
import { fill, placeholdersOf } from './placeholders.ts';
import { type Scratch, withScratch } from './scratch.ts';
import { upload } from './upload.ts';

export interface ProgramOptions {
  /** The program and its arguments, in which `{path}`, `{url}`, `{did}` and `{out}` are replaced. */
  readonly command: readonly string[];
  readonly client: Pick<Client, 'output'>;
  readonly project: number;
  /** The folder in which each file gets a folder of its own; it must be there. */
  readonly scratch: string;
  /** Take the lines that the program writes. */
  readonly onStdout: OnLine;
  readonly onStderr: OnLine;
  /** Begins each line with the file's DID, for programs that run side by side. */
  readonly prefixed?: boolean | undefined;
  /** Exit codes, besides 65, that say that another attempt will not help. */
  readonly failCodes?: readonly number[] | undefined;
  /** How long a program may take to end after SIGTERM; 5 unless given. */
  readonly killGraceSeconds?: number | undefined;
  /** The program's environment, to which the file's variables are added; this process's unless given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}

/**
 * A handler that runs a program for each file.
 *
 * - `{path}` is a copy of the file, downloaded from the nearest replica that works; `{url}` the nearest one's URL;
 *   `{did}` its name; `{out}` a path where the program may leave one output file, which is stored before the file is
 *   reported done. They may stand inside an argument; other words in braces stay.
 * - The environment has `SLUICE_DID`, `SLUICE_ATTEMPT` and, where known, `SLUICE_FILE_URL` and `SLUICE_FILE_SIZE`.
 * - Exit code 0 is done. 65 and `failCodes` are failed for good. All else, death by a signal too, is failed and to be
 *   tried again, with the code and the last line of standard error as the reason.
 * - Nothing is left behind: neither the file's folder nor a process of the program's group.
 *
 * The handler throws `FatalError` when the program or the scratch folder cannot be used at all.
 */
export function programHandler(options: ProgramOptions): Handler {
  const { prefixed = false, onStdout, onStderr, fetch: fetchFile = fetch } = options;
  const { client, project, clock = systemClock, random = Math.random } = options;
  const { failCodes = [] } = options;
  const [program, ...args] = options.command;
  if (program === undefined) throw new RangeError('the command is empty');
  const used = placeholdersOf(options.command);

  const work = async (file: FileTask, { path, out }: Scratch, signal: AbortSignal): Promise<Outcome> => {
    if (used.has('path')) await download(file, path, { fetch: fetchFile, clock, signal });
    const say = (onLine: OnLine) => (line: string) => onLine(prefixed ? `${file.did}: ${line}` : line);
    let lastLine = '';
    const values = { path, out, did: file.did, url: file.url ?? '' };
    const exit = await runChild({
      program: fill(program, values),
      args: args.map(argument => fill(argument, values)),
      env: { ...(options.env ?? process.env), ...variablesOf(file) },
      onStdout: say(onStdout),
      onStderr(line) {
        if (line.trim()) lastLine = line.trim();
        return say(onStderr)(line);
      },
      killGraceSeconds: options.killGraceSeconds ?? 5,
      ...{ signal, clock },
    }).catch(asFatal(program));
    if (exit.code !== 0) return { failed: reasonFor(exit, lastLine), retry: !isForGood(exit, failCodes) };
    if (used.has('out') && existsSync(out))
      await upload(out, {
        place: limit => client.output({ project, token: file.token }, { signal: limit }),
        ...{ fetch: fetchFile, clock, random, signal },
      });
    return { done: true };
  };

  return async (file, { signal }) => {
    if (used.has('url') && file.url === undefined)
      return { failed: 'the file has no copy, and so no {url}', retry: false };
    try {
      if (!used.has('path') && !used.has('out')) return await work(file, { path: '', out: '' }, signal);
      return await withScratch(options.scratch, fileNameOf(file.did), onStderr, scratch =>
        work(file, scratch, signal),
      );
    } catch (error) {
      if (error instanceof DownloadError) return { failed: downloadReason(error, file), retry: error.retry };
      throw error;
    }
  };
}

/** A copy that cannot be read here at all may be one that the program can read. */
function downloadReason({ message, retry }: DownloadError, { url }: FileTask): string {
  return retry || url === undefined ? message : `${message}: use {url} instead of {path}`;
}

/** What a program finds in its environment. */
function variablesOf({ did, attempt, url, size }: FileTask): NodeJS.ProcessEnv {
  return {
    SLUICE_DID: did,
    SLUICE_ATTEMPT: String(attempt),
    SLUICE_FILE_URL: url,
    SLUICE_FILE_SIZE: size?.toString(),
  };
}
