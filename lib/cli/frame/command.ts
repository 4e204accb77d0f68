import type { ExitCode, ExitName } from '../exit-codes.ts';
import type { Context } from './context.ts';

/**
 * What one value on the command line may be. Durations arrive as seconds.
 * `or` is a word taken instead of the number, such as `none`; it arrives as that word.
 */
export type ValueSpec =
  | { readonly type: 'string' }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number; readonly or?: string }
  | { readonly type: 'duration'; readonly or?: string }
  | { readonly type: 'choice'; readonly choices: readonly string[] };

/** A positional argument, required unless `optional`. The last may be `variadic`: all that remain. */
export type ArgumentSpec = ValueSpec & {
  readonly description: string;
  readonly optional?: true;
  readonly variadic?: true;
};

interface Flag {
  readonly type: 'boolean';
  readonly description: string;
  readonly short?: string;
}

/** `env` names the environment variable read where the option is not given. */
export type ValueOption = ValueSpec & {
  readonly description: string;
  readonly short?: string;
  readonly placeholder?: string;
  readonly env?: string;
  readonly default?: string | number;
  readonly multiple?: true;
};

export type OptionSpec = Flag | ValueOption;

/** By name in camelCase: `maxAttempts` is `--max-attempts`, `did` is shown as `DID`. */
export type Arguments = Readonly<Record<string, ArgumentSpec>>;
export type Options = Readonly<Record<string, OptionSpec>>;

/** The words after `--`, passed on untouched as `args.rest`. */
export interface RestSpec {
  readonly placeholder: string;
  readonly description: string;
}

interface Example {
  readonly command: string;
  readonly says: string;
}

type NumberOr<Spec> = Spec extends { or: infer Word extends string } ? number | Word : number;

type ValueOf<Spec> = Spec extends { type: 'boolean' }
  ? boolean
  : Spec extends { type: 'choice'; choices: readonly (infer Choice)[] }
    ? Choice
    : Spec extends { type: 'integer' | 'duration' }
      ? NumberOr<Spec>
      : string;

type ArgumentValue<Spec> = Spec extends { variadic: true }
  ? ValueOf<Spec>[]
  : Spec extends { optional: true }
    ? ValueOf<Spec> | undefined
    : ValueOf<Spec>;

type OptionValue<Spec> = Spec extends { multiple: true }
  ? ValueOf<Spec>[]
  : Spec extends { type: 'boolean' } | { default: string | number }
    ? ValueOf<Spec>
    : ValueOf<Spec> | undefined;

type ArgumentValues<A extends Arguments> = { readonly [Key in keyof A]: ArgumentValue<A[Key]> };
export type OptionValues<O extends Options> = { readonly [Key in keyof O]: OptionValue<O[Key]> };

/** What `run` receives: every argument and option by name, typed by its definition. */
type Args<A extends Arguments, O extends Options, R> = ArgumentValues<A> &
  OptionValues<O> &
  (R extends RestSpec ? { readonly rest: readonly string[] } : Nothing);

type Nothing = Record<never, never>;

interface Definition<A extends Arguments, O extends Options, R extends RestSpec | undefined> {
  /** One clause, shown in lists. */
  readonly summary: string;
  /** More of it, shown in the command's own help; a blank line separates paragraphs. */
  readonly description?: string;
  readonly arguments?: A;
  readonly options?: O;
  readonly rest?: R;
  readonly examples?: readonly Example[];
  /** Exit codes that only this command uses, or uses in a way of its own. */
  readonly exits?: readonly ExitName[];
  run(context: Context, args: Args<A, O, R>): Promise<ExitCode>;
}

/** A command as the frame handles it, whatever its arguments are. */
export interface Command {
  readonly summary: string;
  readonly description?: string;
  readonly arguments: Arguments;
  readonly options: Options;
  readonly rest?: RestSpec;
  readonly examples: readonly Example[];
  readonly exits: readonly ExitName[];
  run(context: Context, args: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

/** Defines a command; the types of `args` follow from its arguments, options and rest. */
export function defineCommand<
  const A extends Arguments = Nothing,
  const O extends Options = Nothing,
  const R extends RestSpec | undefined = undefined,
>(definition: Definition<A, O, R>): Command {
  return {
    arguments: {},
    options: {},
    examples: [],
    exits: [],
    ...definition,
    // Only the frame calls it, with what it read by these same definitions.
    run: (context, args) => definition.run(context, args as Args<A, O, R>),
  };
}
