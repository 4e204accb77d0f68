import type { Outputs } from '../local-stack.ts';

/** A home of Sluice that the acceptance suite runs against. */
export interface Home {
  /** What `--server` takes, each by a name for people. */
  readonly addresses: Readonly<Record<string, string>>;
  /** A function for each of some verbs, on AWS. */
  readonly functions?: Readonly<Record<string, string>>;
  /**
   * What can be tried there beside what every home must do, by files of test/acceptance: `functions` of their own for
   * some verbs, `signatures` that are asked for, stacks of its own that are deployed and destroyed, `faults` on the way
   * to it, and inside it, a function that runs tasks.
   */
  readonly also: readonly (
    | 'functions'
    | 'signatures'
    | 'removal'
    | 'scenario'
    | 'outbound'
    | 'faults'
    | 'faults-inside'
    | 'task-worker'
  )[];
  /** On an emulator: what the names of the stack's queues begin with. */
  readonly queuePrefix?: string;
  /** Environment of the suite and all that it starts. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The addresses of a deployed stack. */
export function placesOf({
  Url,
  apiFunction,
  reserveFunction,
  advanceFunction,
  doneFunction,
  sweepFunction,
}: Outputs) {
  return {
    addresses: { 'the function URL': Url, 'direct invocation': `lambda://${apiFunction}` },
    functions: {
      reserve: reserveFunction,
      advance: advanceFunction,
      done: doneFunction,
      sweep: sweepFunction,
    },
  };
}
