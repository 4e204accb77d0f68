import { displayWidth, wrap } from './text.ts';

/** A row of a two-column list: what it is called, and what is said of it. */
export type Entry = readonly [name: string, says: string];

const GAP = 2;
const WIDEST_NAME = 28;

/** A titled list in two columns; a name too wide for its column stands on a line of its own. */
export function section(title: string, entries: readonly Entry[], width: number): string[] {
  if (entries.length === 0) return [];
  const names = entries.map(([name]) => displayWidth(name)).filter(wide => wide <= WIDEST_NAME);
  const indent = 2 + Math.max(0, ...names) + GAP;
  return [
    '',
    `${title}:`,
    ...entries.flatMap(([name, says]) => {
      const [first = '', ...more] = hanging(says, width, indent);
      const start = `  ${name}`;
      const fits = displayWidth(start) + GAP <= indent;
      const head = fits ? [start + first.slice(displayWidth(start))] : [start, first];
      return [...head, ...more].map(line => line.trimEnd());
    }),
  ];
}

/** A text wrapped to `width`, every line `indent` columns in. */
export function hanging(text: string, width: number, indent: number): string[] {
  return wrap(text, width - indent).map(line => ' '.repeat(indent) + line);
}

/** Paragraphs, which a blank line separates, wrapped to `width`, each after an empty line. */
export function paragraphs(text: string, width: number): string[] {
  return text.split(/\n\s*\n/).flatMap(paragraph => ['', ...wrap(paragraph, width)]);
}
