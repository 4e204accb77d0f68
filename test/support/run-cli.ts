import { Readable } from 'node:stream';
import type { ExitCode } from '../../lib/cli/exit-codes.ts';
import type { Output } from '../../lib/cli/frame/context.ts';
import type { Group } from '../../lib/cli/frame/locate.ts';
import { run } from '../../lib/cli/frame/run.ts';
import { tree as sluice } from '../../lib/cli/tree.ts';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array | Readable;
  /** Standard input is a terminal: a person types it. */
  readonly isTyped?: boolean;
  readonly cwd?: string;
  /** Makes stdout and stderr terminals of that width. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Hears of each text as it is written to stdout or stderr. */
  readonly onWrite?: (text: string) => void;
  readonly now?: () => number;
  /** Commands other than those of `sluice`. */
  readonly tree?: Group;
}

export interface CliResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, in a world of its own: it sees no environment but the given one. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = new MemoryOutput(options.columns, options.onWrite);
  const stderr = new MemoryOutput(options.columns, options.onWrite);
  const code = await run(options.tree ?? sluice, args, {
    stdout,
    stderr,
    stdin: () => {
      const { stdin = '', isTyped = false } = options;
      const input = stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]);
      return Object.assign(input, { isTTY: isTyped });
    },
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? Date.now,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Keeps what is written; a terminal where it is given columns. */
export class MemoryOutput implements Output {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly #onWrite: (text: string) => void;
  text = '';

  constructor(columns?: number, onWrite: (text: string) => void = () => {}) {
    this.#onWrite = onWrite;
    this.isTerminal = columns !== undefined;
    this.columns = columns ?? 80;
  }

  write(text: string): void {
    this.text += text;
    this.#onWrite(text);
  }

  room(): undefined {}
}
