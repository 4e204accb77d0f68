import type { Context } from './frame/context.ts';
import { type Column, tableWriter } from './frame/table.ts';
import { printJson } from './print.ts';

/**
 * Writes a listing as its pages come: a table, or with `--json` one line of JSON for each row. So a listing of
 * millions takes no more memory than one page.
 */
export async function printListing<Row>(
  { json, stdout }: Context,
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
): Promise<void> {
  const writeRows = json
    ? (rows: readonly Row[]) => {
        for (const row of rows) printJson(stdout, row);
      }
    : tableWriter(columns, stdout);
  for await (const rows of pages) {
    writeRows(rows);
    await stdout.room();
  }
}
