import type { Output } from './context.ts';
import { displayWidth, oneLine, shorten } from './text.ts';

/** A column of a table: `align: 'right'` for numbers. */
export interface Column<Row> {
  readonly header: string;
  readonly align?: 'right';
  readonly value: (row: Row) => string;
}

const GAP = '  ';
const LEAST_WIDTH = 8;

/**
 * Writes rows under their headers, aligned. On a terminal the widest text columns are shortened until a row fits
 * a line; elsewhere every text is whole, so that a script finds what it looks for.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], output: Output): void {
  tableWriter(columns, output)(rows);
}

/**
 * The same for rows that come page by page: the headers stand above the first page, and no column gets narrower
 * from one page to the next.
 */
export function tableWriter<Row>(
  columns: readonly Column<Row>[],
  output: Output,
): (rows: readonly Row[]) => void {
  const headers = columns.map(({ header }) => header);
  let natural = columns.map(() => 0);
  let lines = [headers];
  return rows => {
    for (const row of rows) lines.push(columns.map(({ value }) => oneLine(value(row))));
    natural = natural.map((known, at) =>
      lines.reduce((widest, line) => Math.max(widest, displayWidth(line[at] ?? '')), known),
    );
    const widths = output.isTerminal ? fitted(natural, columns, output.columns) : natural;
    for (const line of lines) {
      const cells = columns.map(({ align }, at) => cell(line[at] ?? '', widths[at] ?? 0, align));
      output.write(`${cells.join(GAP).trimEnd()}\n`);
    }
    lines = [];
  };
}

/** Takes what is too much from the widest text column, then from the next, but leaves each readable. */
function fitted<Row>(natural: readonly number[], columns: readonly Column<Row>[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - room;
  const texts = columns.flatMap(({ align }, at) => (align === 'right' ? [] : [at]));
  for (const at of texts.sort((a, b) => (natural[b] ?? 0) - (natural[a] ?? 0))) {
    const width = widths[at] ?? 0;
    const taken = Math.max(0, Math.min(excess, width - LEAST_WIDTH));
    widths[at] = width - taken;
    excess -= taken;
  }
  return widths;
}

function cell(text: string, width: number, align: 'right' | undefined): string {
  const short = shorten(text, width);
  const padding = ' '.repeat(width - displayWidth(short));
  return align === 'right' ? padding + short : short + padding;
}
