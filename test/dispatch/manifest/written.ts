import fc from 'fast-check';
import type { ManifestFormat } from '../../../lib/contract/projects.ts';
import type { FileSpec } from '../../../lib/contract/words.ts';
import type { ManifestRow } from '../../../lib/dispatch/manifest/read-manifest.ts';
import { didFault, formatDid } from '../../../lib/domain/did.ts';

/** Manifests written by a program: files of every kind in every format, and the rows that should be read. */

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter(text => didFault(text) === undefined && !/[:#]/.test(text));

const url = fc.stringMatching(/^https:\/\/[a-z]{1,6}\/[A-Za-z0-9,"'%]{0,6}$/);
const site = fc.constantFrom('cern', 'fnal');

const replicas = fc.oneof(
  fc.array(fc.record({ url }), { minLength: 1, maxLength: 3 }),
  fc.array(fc.record({ url, site }), { minLength: 1, maxLength: 3 }),
);

const file: fc.Arbitrary<FileSpec> = fc.record(
  {
    namespace: name,
    name,
    size: fc.nat(),
    lane: fc.constantFrom('tape', 'disk'),
    durationSeconds: fc.constantFrom(1, 2.5, 3600),
    attributes: fc.dictionary(
      fc.stringMatching(/^[a-z]+$/),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat()),
      {
        minKeys: 1,
        maxKeys: 3,
      },
    ),
    replicas,
  },
  { requiredKeys: ['name'] },
);

/** A text in a format and the rows it holds. */
export interface WrittenManifest {
  readonly format: ManifestFormat;
  readonly text: string;
  readonly rows: readonly ManifestRow[];
}

/** A manifest of a few files in any format, with LF or CRLF, and with or without a byte order mark. */
export const writtenManifest: fc.Arbitrary<WrittenManifest> = fc
  .record({
    files: fc.array(file, { minLength: 1, maxLength: 6 }),
    format: fc.constantFrom<ManifestFormat>('ndjson', 'json', 'csv', 'lines'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    blankLines: fc.nat(2),
  })
  .map(({ files, format, lineEnd, mark, blankLines }) => {
    const known =
      format === 'lines' ? files.map(({ namespace, name }) => withoutNothing({ namespace, name })) : files;
    const { text, lines } = write(format, known, '\n'.repeat(blankLines));
    return {
      format,
      text: mark + text.replaceAll('\n', lineEnd),
      rows: known.map((file, i) => ({ line: lines[i] ?? 0, file })),
    };
  });

function write(format: ManifestFormat, files: readonly FileSpec[], blank: string) {
  const { begin, row, between, end } = WRITERS[format];
  const lines: number[] = [];
  let text = `${blank}${begin}`;
  files.forEach((file, i) => {
    if (i > 0) text += between + blank;
    lines.push(text.split('\n').length);
    text += row(file);
  });
  return { text: `${text}${end}`, lines };
}

interface Writer {
  readonly begin: string;
  readonly row: (file: FileSpec) => string;
  readonly between: string;
  readonly end: string;
}

const WRITERS: Record<ManifestFormat, Writer> = {
  ndjson: { begin: '', row: file => JSON.stringify(file), between: '\n', end: '' },
  json: { begin: '[\n  ', row: file => JSON.stringify(file, null, 2), between: ',\n  ', end: '\n]\n' },
  csv: {
    begin: 'namespace,name,size,lane,durationSeconds,attributes,url,site\n',
    row: csvRow,
    between: '\n',
    end: '\n',
  },
  lines: { begin: '# files\n', row: formatDid, between: '\n', end: '\n' },
};

/** Attributes are printed over several lines, so that quoted cells have line ends. */
function csvRow({
  namespace,
  name,
  size,
  lane,
  durationSeconds,
  attributes,
  replicas = [],
}: FileSpec): string {
  const cells = [
    namespace,
    name,
    size,
    lane,
    durationSeconds,
    attributes && JSON.stringify(attributes, null, 1),
    replicas.map(replica => replica.url).join(' '),
    replicas
      .map(replica => replica.site ?? '')
      .join(' ')
      .trim(),
  ];
  return cells.map(cell => csvCell(String(cell ?? ''))).join(',');
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function withoutNothing({ namespace, name }: FileSpec): FileSpec {
  return namespace === undefined ? { name } : { namespace, name };
}
