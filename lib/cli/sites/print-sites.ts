import type { Sites } from '../../contract/sites.ts';
import type { Output } from '../frame/context.ts';
import { type Column, table } from '../frame/table.ts';
import { type Field, printFields } from '../print.ts';

/** Writes the table of sites: a matrix, or a line for each pair where a terminal is too narrow for that. */
export function printSites(output: Output, sites: Sites): void {
  const names = Object.keys(sites.proximity).sort();
  if (names.length > 0) {
    const locations = [...new Set(names.flatMap(name => Object.keys(sites.proximity[name] ?? {})))].sort();
    if (fits(output, names, locations)) printMatrix(output, sites, names, locations);
    else printPairs(output, sites, names);
    output.write('\n');
  }
  const elsewhere: Field = [names.length > 0 ? 'other pairs' : 'every pair', String(sites.default)];
  printFields(output, [elsewhere, ['down', sites.unavailable.join(', ')]]);
}

/** Room for a column beside its header: `never` and a gap. */
const LEAST_WIDTH = 5;
const GAP = 2;

function fits(output: Output, names: readonly string[], locations: readonly string[]): boolean {
  if (!output.isTerminal) return true;
  const first = Math.max(...names.map(({ length }) => length));
  const others = locations.map(({ length }) => Math.max(length, LEAST_WIDTH) + GAP);
  return others.reduce((sum, width) => sum + width, first) <= output.columns;
}

function printMatrix(
  output: Output,
  { proximity }: Sites,
  names: readonly string[],
  locations: readonly string[],
): void {
  const columns = locations.map(
    (location): Column<string> => ({
      header: location,
      align: 'right',
      value: name => String(proximity[name]?.[location] ?? ''),
    }),
  );
  table(names, [{ header: 'SITE', value: name => name }, ...columns], output);
}

function printPairs(output: Output, { proximity }: Sites, names: readonly string[]): void {
  const pairs = names.flatMap(site =>
    Object.entries(proximity[site] ?? {}).map(([location, near]) => ({ site, location, near })),
  );
  table(
    pairs,
    [
      { header: 'SITE', value: ({ site }) => site },
      { header: 'LOCATION', value: ({ location }) => location },
      { header: 'PROXIMITY', align: 'right', value: ({ near }) => String(near) },
    ],
    output,
  );
}
