import type { Arguments, Command, Options, OptionValues, ValueOption } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import { UsageError } from './errors.ts';
import { argumentLabel, kebab } from './labels.ts';
import { didYouMean } from './nearest.ts';
import type { Line } from './split-line.ts';
import { readValue } from './values.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the values of a command's own arguments and options, by name, and `rest`.
 * Throws `UsageError` at the first thing that its definition does not allow.
 */
export function readArgs(command: Command, line: Line, env: Env): Record<string, unknown> {
  refuseUnknown({ ...command.options, ...COMMON_OPTIONS }, line);
  const end = command.rest ? (line.end ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const words = line.words.filter(word => word.index < end).map(word => word.text);
  const args = { ...readArguments(command.arguments, words), ...readOptions(command.options, line, env) };
  if (!command.rest) return args;
  const rest = line.words.filter(word => word.index > end).map(word => word.text);
  if (rest.length === 0) throw new UsageError(`${command.rest.placeholder} is missing: it stands after --`);
  return { ...args, rest };
}

/** Reads the common options of a line. Throws `UsageError`. */
export function readCommonOptions(line: Line, env: Env): OptionValues<typeof COMMON_OPTIONS> {
  // `readOptions` gives what the definitions say, which the compiler cannot follow.
  return readOptions(COMMON_OPTIONS, line, env) as OptionValues<typeof COMMON_OPTIONS>;
}

function refuseUnknown(options: Options, { given }: Line): void {
  const byFlag = new Map(Object.entries(options).map(([name, spec]) => [kebab(name), spec]));
  for (const { flag, typed, value, inline } of given) {
    const spec = byFlag.get(flag);
    if (!spec) {
      const flags = [...byFlag.keys()].map(known => `--${known}`);
      throw new UsageError(`unknown option ${typed}${didYouMean(typed, flags)}`);
    }
    if (spec.type === 'boolean') {
      if (value !== undefined) throw new UsageError(`${typed} takes no value`);
    } else if (value === undefined || (!inline && /^-./.test(value))) {
      throw new UsageError(`${typed} needs a value`);
    }
  }
}

function readOptions(options: Options, { given }: Line, env: Env): Record<string, unknown> {
  const entries = Object.entries(options).map(([name, spec]) => {
    const mine = given.filter(({ flag }) => flag === kebab(name));
    if (spec.type === 'boolean') return [name, mine.length > 0];
    const values = mine.map(({ typed, value }) => readValue(spec, value ?? '', typed));
    if (spec.multiple) return [name, values];
    return [name, values.at(-1) ?? fromEnv(spec, env) ?? spec.default];
  });
  return Object.fromEntries(entries);
}

function fromEnv(spec: ValueOption, env: Env): string | number | undefined {
  const text = spec.env && env[spec.env];
  return spec.env && text ? readValue(spec, text, spec.env) : undefined;
}

function readArguments(specs: Arguments, words: readonly string[]): Record<string, unknown> {
  const left = [...words];
  const entries = Object.entries(specs).map(([name, spec]) => {
    const label = argumentLabel(name, spec);
    const texts = left.splice(0, spec.variadic ? left.length : 1);
    if (texts.length === 0 && !spec.optional) throw new UsageError(`${label} is missing`);
    const values = texts.map(text => readValue(spec, text, label));
    return [name, spec.variadic ? values : values[0]];
  });
  if (left.length > 0) throw new UsageError(`"${left[0]}" is one argument too many`);
  return Object.fromEntries(entries);
}
