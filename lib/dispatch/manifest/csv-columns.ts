import { quoted, quotedList } from './faults.ts';
import { RowFault } from './file-of-row.ts';

/** The columns of a CSV manifest, besides `attributes.NAME`, which give one attribute each. */
const COLUMNS: readonly string[] = [
  'did',
  'namespace',
  'name',
  'size',
  'lane',
  'durationSeconds',
  'url',
  'site',
  'attributes',
];

const ATTRIBUTE_COLUMN = /^attributes\.(.+)$/;

type Cells = Readonly<Record<string, string>>;

/**
 * Checks a CSV header and gives the function that turns the cells of a record into a row as a JSON manifest
 * has it. An empty cell says nothing. An `attributes.NAME` column gives a string, and wins over `attributes`.
 * Both throw RowFault.
 */
export function rowReader(header: readonly string[]): (cells: readonly string[]) => Record<string, unknown> {
  checkHeader(header);
  const attributeNames = header.map(column => ATTRIBUTE_COLUMN.exec(column)?.[1]);
  return cells => {
    if (cells.length !== header.length) {
      throw new RowFault(`it has ${cells.length} columns and the header has ${header.length}`);
    }
    const given: Record<string, string> = {};
    const attributes: [string, string][] = [];
    header.forEach((column, i) => {
      const cell = cells[i];
      if (!cell) return;
      const attribute = attributeNames[i];
      if (attribute === undefined) given[column] = cell;
      else attributes.push([attribute, cell]);
    });
    return rowOf(given, attributes);
  };
}

function checkHeader(header: readonly string[]): void {
  const unknown = header.filter(column => !COLUMNS.includes(column) && !ATTRIBUTE_COLUMN.test(column));
  if (unknown.length > 0) {
    throw new RowFault(
      `there is no column ${quotedList(unknown)}; a CSV may have ${COLUMNS.join(', ')} and attributes.NAME`,
    );
  }
  const twice = header.find((column, i) => header.indexOf(column) !== i);
  if (twice) throw new RowFault(`the column ${quoted(twice)} is there twice`);
  const hasDid = header.includes('did');
  const hasName = header.includes('name');
  if (hasDid && (hasName || header.includes('namespace'))) {
    throw new RowFault('the CSV has a column did and also a name');
  }
  if (!hasDid && !hasName) throw new RowFault('the CSV has no column name or did');
}

function rowOf(given: Cells, attributes: readonly [string, string][]): Record<string, unknown> {
  const { size, durationSeconds, url, site, attributes: json, ...texts } = given;
  const row: Record<string, unknown> = texts;
  if (size) row.size = numberOf('size', size);
  if (durationSeconds) row.durationSeconds = numberOf('durationSeconds', durationSeconds);
  if (url || site) row.replicas = replicasOf(wordsOf(url), wordsOf(site));
  if (json || attributes.length > 0) {
    row.attributes = { ...(json ? objectOf(json) : {}), ...Object.fromEntries(attributes) };
  }
  return row;
}

function numberOf(column: string, cell: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(cell))
    throw new RowFault(`${column}: a number is expected, not ${quoted(cell)}`);
  return Number(cell);
}

function wordsOf(cell: string | undefined): string[] {
  return cell?.split(' ').filter(word => word !== '') ?? [];
}

function replicasOf(urls: readonly string[], sites: readonly string[]): object[] {
  if (sites.length > 0 && sites.length !== urls.length) {
    throw new RowFault(`the number of sites is ${sites.length} and of urls ${urls.length}`);
  }
  return urls.map((url, i) => (sites.length > 0 ? { url, site: sites[i] } : { url }));
}

function objectOf(cell: string): object {
  let value: unknown;
  try {
    value = JSON.parse(cell);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowFault('attributes are a JSON object');
  }
  return value;
}
