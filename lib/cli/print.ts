import type { Output } from './frame/context.ts';
import { displayWidth, oneLine } from './frame/text.ts';

/** One JSON document, or one line of NDJSON. */
export function printJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value)}\n`);
}

/** A line of a program; resolves when there is room for another. */
export function writeLine(output: Output, line: string): Promise<void> | undefined {
  output.write(`${line}\n`);
  return output.room();
}

/** What is known of a thing, a line each: its name, and its value if there is one. */
export type Field = readonly [name: string, value: string | undefined];

/** Writes fields in two columns; those without a value are left out. */
export function printFields(output: Output, fields: readonly Field[]): void {
  const known = fields.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...known.map(([name]) => displayWidth(name)));
  for (const [name, value = ''] of known) {
    output.write(`${name}${' '.repeat(width - displayWidth(name))}  ${oneLine(value)}\n`);
  }
}
