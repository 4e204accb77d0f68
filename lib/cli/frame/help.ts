import { EXIT, EXIT_MEANINGS, type ExitName } from '../exit-codes.ts';
import type { Command, OptionSpec, Options } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import type { Output } from './context.ts';
import { argumentLabel, defaultLabel, flagLabel, placeholderLabel } from './labels.ts';
import { type Entry, hanging, paragraphs, section } from './layout.ts';
import type { Group, LoadCommand, Place } from './locate.ts';

const WIDTH = 80;
const LEAST_WIDTH = 40;
const VERSION: Entry = ['    --version', 'show the version'];

/** The whole help of a command or a group, no wider than 80 columns. */
export async function helpText({ path, node }: Place, output: Output): Promise<string> {
  const width = output.isTerminal ? Math.max(LEAST_WIDTH, Math.min(WIDTH, output.columns)) : WIDTH;
  const lines =
    typeof node === 'function'
      ? commandHelp(path, (await node()).default, width)
      : await groupHelp(path, node, width);
  return `${lines.join('\n')}\n`;
}

/** What follows a sentence about wrong usage: how it would be right, and where more is said. */
export async function usageText({ path, node }: Place): Promise<string> {
  const lines =
    typeof node === 'function'
      ? usage(path, commandSyntax((await node()).default), WIDTH)
      : [...usage(path, ['COMMAND'], WIDTH), ...(await commandSection(node, WIDTH)), ''];
  const more = ['sluice', 'help', ...path.slice(1)].join(' ');
  return `${[...lines, `\`${more}\` says more.`].join('\n')}\n`;
}

function commandHelp(path: readonly string[], command: Command, width: number): string[] {
  const args: Entry[] = Object.entries(command.arguments).map(([name, spec]) => [
    argumentLabel(name, spec),
    spec.description,
  ]);
  const rest: Entry[] = command.rest ? [[`-- ${command.rest.placeholder}`, command.rest.description]] : [];
  return [
    ...hanging(command.summary, width, 0),
    '',
    ...usage(path, commandSyntax(command), width),
    ...(command.description ? paragraphs(command.description, width) : []),
    ...section('Arguments', [...args, ...rest], width),
    ...section('Options', optionEntries(command.options), width),
    ...section('Common options', optionEntries(COMMON_OPTIONS), width),
    ...exampleLines(command, width),
    ...section('Exit codes', exitEntries(command.exits), width),
  ];
}

async function groupHelp(path: readonly string[], group: Group, width: number): Promise<string[]> {
  const isRoot = path.length === 1;
  return [
    ...hanging(group.summary, width, 0),
    '',
    ...usage(path, ['COMMAND', '[OPTIONS]', '[ARGUMENTS]'], width),
    ...(await commandSection(group, width)),
    ...section('Common options', [...optionEntries(COMMON_OPTIONS), ...(isRoot ? [VERSION] : [])], width),
    ...(isRoot ? section('Exit codes', exitEntries(Object.keys(EXIT).filter(isExitName)), width) : []),
    '',
    `\`${['sluice', 'help', ...path.slice(1), 'COMMAND'].join(' ')}\` says more about a command.`,
  ];
}

async function commandSection(group: Group, width: number): Promise<string[]> {
  const entries = Object.entries(group.commands).map(
    async ([name, node]): Promise<Entry> => [name, await summaryOf(node)],
  );
  return section('Commands', await Promise.all(entries), width);
}

async function summaryOf(node: Group | LoadCommand): Promise<string> {
  return typeof node === 'function' ? (await node()).default.summary : node.summary;
}

function usage(path: readonly string[], syntax: readonly string[], width: number): string[] {
  const [first = '', ...more] = hanging([...path, ...syntax].join(' '), width, 'Usage: '.length);
  return [`Usage: ${first.trimStart()}`, ...more];
}

function commandSyntax(command: Command): string[] {
  return [
    '[OPTIONS]',
    ...Object.entries(command.arguments).map(([name, spec]) => argumentLabel(name, spec)),
    ...(command.rest ? [`-- ${command.rest.placeholder}`] : []),
  ];
}

function optionEntries(options: Options): Entry[] {
  return Object.entries(options).map(([name, spec]) => {
    const short = spec.short ? `-${spec.short}, ` : '    ';
    const value = spec.type === 'boolean' ? '' : ` ${placeholderLabel(spec)}`;
    return [`${short}${flagLabel(name)}${value}`, [spec.description, ...notes(spec)].join(' ')];
  });
}

function notes(spec: OptionSpec): string[] {
  if (spec.type === 'boolean') return [];
  const standard = defaultLabel(spec);
  const said = [
    ...(spec.multiple ? ['may be repeated'] : []),
    ...(spec.env ? [`from ${spec.env}`] : []),
    ...(standard === undefined ? [] : [`default ${standard}`]),
  ];
  return said.length > 0 ? [`(${said.join('; ')})`] : [];
}

function exampleLines(command: Command, width: number): string[] {
  if (command.examples.length === 0) return [];
  const lines = command.examples.flatMap(({ command: typed, says }) => [
    ...hanging(`${says}:`, width, 2),
    `    ${typed}`,
  ]);
  return ['', 'Examples:', ...lines];
}

function exitEntries(names: readonly ExitName[]): Entry[] {
  return names.map(name => [String(EXIT[name]), EXIT_MEANINGS[name]]);
}

function isExitName(name: string): name is ExitName {
  return Object.hasOwn(EXIT, name);
}
