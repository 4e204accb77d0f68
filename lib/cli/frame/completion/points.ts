import type { Command, OptionSpec, Options } from '../command.ts';
import { COMMON_OPTIONS } from '../common-options.ts';
import { flagLabel } from '../labels.ts';
import type { Entry } from '../layout.ts';
import type { Group, LoadCommand } from '../locate.ts';

/** A point of the command tree, as a shell completes there. */
export interface Point {
  /** The words that lead there, each after a space: ` project create`; empty for `sluice` itself. */
  readonly place: string;
  /** What can stand next: the commands of a group, or the choices of a command's first argument. */
  readonly words: readonly Entry[];
  /** The next word, or the words after `--`, may be the name of a file. */
  readonly takesFiles: boolean;
  readonly options: readonly PointOption[];
}

export interface PointOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly says: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** Options with a value that may stand before or between the words of a command. */
export const VALUED_ANYWHERE = pointOptions(COMMON_OPTIONS).filter(option => option.takesValue);

const COMMON = pointOptions(COMMON_OPTIONS);
const VERSION: PointOption = {
  long: '--version',
  short: undefined,
  says: 'show the version',
  takesValue: false,
  choices: [],
};

/** Every point of the tree; loads every command. */
export async function completionPoints(root: Group): Promise<Point[]> {
  const points = await pointsUnder('', root);
  return points.map(point =>
    point.place === '' ? { ...point, options: [...point.options, VERSION] } : point,
  );
}

async function pointsUnder(place: string, node: Group | LoadCommand): Promise<Point[]> {
  if (typeof node === 'function') return [commandPoint(place, (await node()).default)];
  const under = await Promise.all(
    Object.entries(node.commands).map(async ([name, child]) => {
      const points = await pointsUnder(`${place} ${name}`, child);
      const summary = typeof child === 'function' ? (await child()).default.summary : child.summary;
      return { word: [name, summary] as const, points };
    }),
  );
  const words = under.map(({ word }) => word);
  const point = { place, words, takesFiles: false, options: COMMON };
  return [point, ...under.flatMap(({ points }) => points)];
}

function commandPoint(place: string, command: Command): Point {
  const [first] = Object.values(command.arguments);
  return {
    place,
    words: first?.type === 'choice' ? first.choices.map(choice => [choice, first.description]) : [],
    takesFiles: first?.type === 'string' || command.rest !== undefined,
    options: [...pointOptions(command.options), ...COMMON],
  };
}

function pointOptions(options: Options): PointOption[] {
  return Object.entries(options).map(([name, spec]) => ({
    long: flagLabel(name),
    short: spec.short && `-${spec.short}`,
    says: spec.description,
    takesValue: spec.type !== 'boolean',
    choices: choicesOf(spec),
  }));
}

function choicesOf(spec: OptionSpec): readonly string[] {
  if (spec.type === 'choice') return spec.choices;
  return 'or' in spec && spec.or ? [spec.or] : [];
}

/**
 * The places that a walk over the words of a line can reach. `help` is not one: what stands after it is
 * completed as if it were not there.
 */
export function reachable(points: readonly Point[]): string[] {
  return points.map(({ place }) => place).filter(place => place !== '' && place !== ' help');
}

/** The flags of an option, as typed. */
export function flagsOf({ long, short }: PointOption): string[] {
  return short ? [short, long] : [long];
}

/** Quotes a text for the Bourne shells: nothing in it is expanded. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
