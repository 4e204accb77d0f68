import { CsvError, parse } from 'csv-parse/sync';
import type { Sites } from '../../contract/sites.ts';
import { invalid } from '../read-json.ts';

type Proximity = Sites['default'];
type Row = readonly string[];

/** What a CSV says; `default` is there only where it says one. */
export type ProximityTable = Pick<Sites, 'proximity'> & Partial<Pick<Sites, 'default'>>;

/**
 * Reads how near sites are to locations. Two forms are known: a matrix, whose first row has the locations and whose
 * first column the sites, and lines of `site,location,proximity`. A cell is a number, `never` (or a negative number,
 * which means the same), or empty. The site `DEFAULT` or `*` stands for all; where it meets the location `DEFAULT`
 * is what holds for every other pair.
 *
 * `name` says where the text came from. Throws `CliError`.
 */
export function readProximityCsv(text: string, name: string): ProximityTable {
  const rows = cellsOf(text, name);
  const entries = rows.length > 0 && rows.every(isEntry) ? rows.map(entryOf) : matrixEntries(rows, name);
  const read = entries.map(entry => ({ ...entry, proximity: readCell(entry, name) }));
  const standard = read.find(({ location }) => isDefault(location));
  const bySite = Map.groupBy(
    read.filter(({ location }) => !isDefault(location)),
    ({ site }) => (isDefault(site) ? '*' : site),
  );
  const proximity = Object.fromEntries(
    [...bySite].map(([site, mine]) => [
      site,
      Object.fromEntries(mine.map(({ location, proximity }) => [location, proximity])),
    ]),
  );
  return { proximity, ...(standard && { default: standard.proximity }) };
}

interface Entry {
  readonly site: string;
  readonly location: string;
  readonly cell: string;
  readonly line: number;
}

function isEntry(row: Row): boolean {
  return row.length === 3 && proximityOf(row[2] ?? '') !== undefined;
}

function entryOf([site = '', location = '', cell = '']: Row, index: number): Entry {
  return { site, location, cell, line: index + 1 };
}

function matrixEntries([header = [], ...rows]: Row[], name: string): Entry[] {
  const locations = header.slice(1);
  if (locations.length === 0 || rows.length === 0) {
    throw invalid(name, 'the first row has the locations, and each further row a site: there are none');
  }
  return rows.flatMap(([site = '', ...cells], index) => {
    const line = index + 2;
    if (cells.length > locations.length) {
      throw invalid(name, `line ${line}: it has more cells than there are locations`);
    }
    return cells.flatMap((cell, at) =>
      cell === '' ? [] : [{ site, location: locations[at] ?? '', cell, line }],
    );
  });
}

function readCell({ site, location, cell, line }: Entry, name: string): Proximity {
  if (isDefault(location) && !isDefault(site)) {
    throw invalid(name, `line ${line}: ${site} cannot have a default of its own; only DEFAULT has one`);
  }
  const proximity = proximityOf(cell);
  if (proximity === undefined) throw invalid(name, `line ${line}: "${cell}" is neither a number nor never`);
  return proximity;
}

function proximityOf(cell: string): Proximity | undefined {
  if (/^never$/i.test(cell)) return 'never';
  if (!/^-?\d+(\.\d+)?$/.test(cell)) return undefined;
  return Number(cell) < 0 ? 'never' : Number(cell);
}

function isDefault(name: string): boolean {
  return name === '*' || name.toUpperCase() === 'DEFAULT';
}

function cellsOf(text: string, name: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) throw invalid(name, `it is neither JSON nor CSV: ${error.message}`);
    throw error;
  }
}
