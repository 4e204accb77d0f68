import { EXIT, type ExitCode } from '../exit-codes.ts';

/**
 * Ends a command with one sentence on stderr and an exit code.
 * `code` is the stable word that scripts read in `--json` mode.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly code: string;

  constructor(exitCode: ExitCode, code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** The command line is wrong: the command's usage is shown with the sentence. */
export class UsageError extends CliError {
  constructor(sentence: string) {
    super(EXIT.usage, 'usage', sentence);
    this.name = 'UsageError';
  }
}

/**
 * Why the world's signal was aborted: a Unix signal came, or whoever read our output has gone.
 * A command that throws it (or any abort error) while stopping ends quietly with `exitCode`.
 */
export class Stopped extends Error {
  readonly exitCode: ExitCode;

  constructor(why: 'SIGINT' | 'SIGTERM' | 'output closed') {
    super(why);
    this.name = 'Stopped';
    this.exitCode = EXIT_OF_STOP[why];
  }
}

const EXIT_OF_STOP = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  'output closed': EXIT.ok,
} as const;
