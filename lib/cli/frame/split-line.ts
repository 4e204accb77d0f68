import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Options } from './command.ts';
import { kebab } from './labels.ts';

/** What stands on a command line, before it is held against a definition. */
export interface Line {
  readonly given: readonly GivenOption[];
  readonly words: readonly Word[];
  /** Where the first `--` stands. */
  readonly end: number | undefined;
}

/** An option as it was given: `--lease=10m` has the flag `lease`, and its value came `inline`. */
interface GivenOption {
  readonly flag: string;
  readonly typed: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

interface Word {
  readonly text: string;
  readonly index: number;
}

/** Splits a command line into options and words. It refuses nothing, so that `--help` is seen on any line. */
export function splitLine(argv: readonly string[], options: Options): Line {
  const given: GivenOption[] = [];
  const words: Word[] = [];
  let end: number | undefined;
  const { tokens } = parseArgs({
    args: [...argv],
    options: parseOptions(options),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push({ text: token.value, index: token.index });
    else if (token.kind === 'option-terminator') end = token.index;
    else {
      const { name, rawName, value, inlineValue } = token;
      given.push({ flag: name, typed: rawName, value, inline: inlineValue === true });
    }
  }
  return { given, words, end };
}

/** True where the line has the flag of that name. */
export function has(line: Line, flag: string): boolean {
  return line.given.some(given => given.flag === flag);
}

function parseOptions(options: Options): ParseArgsOptionsConfig {
  const config: ParseArgsOptionsConfig = {};
  for (const [name, spec] of Object.entries(options)) {
    const type = spec.type === 'boolean' ? 'boolean' : 'string';
    config[kebab(name)] = spec.short ? { type, short: spec.short } : { type };
  }
  return config;
}
