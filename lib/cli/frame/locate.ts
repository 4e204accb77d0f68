import type { Command } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { type Line, splitLine } from './split-line.ts';

/** A command is loaded only when it is the one to run: a shell loop starts `sluice` once for every file. */
export type LoadCommand = () => Promise<{ readonly default: Command }>;

export interface Group {
  readonly summary: string;
  readonly commands: Readonly<Record<string, Group | LoadCommand>>;
}

export interface Place {
  /** Begins with `sluice`. */
  readonly path: readonly string[];
  readonly node: Group | LoadCommand;
  /** The command line without the words of `path`. */
  readonly argv: readonly string[];
}

/** Follows the first words of a command line down the tree, as far as they lead; options may stand between. */
export function locate(root: Group, argv: readonly string[]): Place {
  const path = ['sluice'];
  const used = new Set<number>();
  let node: Group | LoadCommand = root;
  for (const { text, index } of splitLine(argv, COMMON_OPTIONS).words) {
    if (typeof node === 'function' || !Object.hasOwn(node.commands, text)) break;
    node = node.commands[text] ?? node;
    path.push(text);
    used.add(index);
  }
  return { path, node, argv: argv.filter((_, index) => !used.has(index)) };
}

/** Says why a line that leads only to a group cannot be run. */
export function noCommand(place: Place, line: Line): UsageError {
  const option = line.given.find(({ flag }) => !Object.hasOwn(COMMON_OPTIONS, flag));
  if (option) return new UsageError(`the option ${option.typed} must stand after the name of its command`);
  const word = line.words[0];
  return word ? unknownCommand(place, word.text) : new UsageError('give one of its commands');
}

/** Says that a word is no command where it stands, and which one may be meant. */
export function unknownCommand({ path, node }: Place, word: string): UsageError {
  const names = typeof node === 'function' ? [] : Object.keys(node.commands);
  return new UsageError(`unknown command "${[...path.slice(1), word].join(' ')}"${didYouMean(word, names)}`);
}
