import type { Readable } from 'node:stream';

/** Where text goes. */
export interface Output {
  write(text: string): void;
  /**
   * Undefined, unless its reader is slow: then what resolves when it has caught up, or is gone. Who writes without an
   * end waits for that, so that what is not read yet does not fill the memory.
   */
  room(): Promise<void> | undefined;
  /** Someone looks at it: lines may be redrawn, and must fit. */
  readonly isTerminal: boolean;
  /** Width of the terminal, in columns. */
  readonly columns: number;
}

/** Bytes that come in; `isTTY` where a person would have to type them. */
type Input = Readable & { readonly isTTY?: boolean };

/** What a process gives a command; a test gives its own. */
export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opens standard input: a function, because a command that reads nothing should not pay for it. */
  stdin(): Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted, with a `Stopped` as its reason, on SIGINT and SIGTERM and when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What a command runs in: the world, and what the common options say. */
export interface Context extends World {
  /** One JSON document (or line per record) on stdout, for programs. */
  readonly json: boolean;
  /** Where the server is, as it was given, without a slash at its end. */
  readonly server: string;
  readonly token: string | undefined;
}
