import { gzipSync } from 'node:zlib';
import type { ManifestFormat } from '../../lib/contract/projects.ts';

/** A manifest that is refused, and the sentence that says why. */
export interface BadManifest {
  readonly what: string;
  /** As it is announced; undefined = to be found out. */
  readonly format: ManifestFormat | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its files need no replica. */
  readonly virtual: boolean;
  readonly detail: string;
}

const manifest = (
  what: string,
  format: ManifestFormat | undefined,
  content: string | Uint8Array,
  detail: string,
  virtual = true,
): BadManifest => ({ what, format, bytes: new Uint8Array(Buffer.from(content)), virtual, detail });

const one = (fault: string) => `the manifest has a fault: ${fault}`;
const NOTHING = 'the manifest names no file';
const WORD = 'may have letters, digits and _ . @ + -, and begins with a letter, a digit or _';
const URL_NEEDED = 'a replica needs a URL with a scheme, such as https://host/path';
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

export const BAD_MANIFESTS: readonly BadManifest[] = [
  manifest('of no bytes', undefined, '', NOTHING),
  manifest('of blank lines', 'ndjson', '\n\n  \n', NOTHING),
  manifest('of comments', 'lines', '# none yet\n', NOTHING),
  manifest('of a header', 'csv', 'did,size\n', NOTHING),
  manifest('of an empty list', 'json', '[]', NOTHING),
  manifest('of an empty list, zipped', undefined, gzipSync('[]'), NOTHING),

  manifest('a DID without a name', 'lines', 'mc:a\nmc:\n', one('line 2: the name after ":" is empty')),
  manifest('a DID without a namespace', 'lines', ':a\n', one('line 1: the namespace before ":" is empty')),
  manifest('a DID with a tab', 'lines', 'a\tb\n', one('line 1: the name has a control character')),
  manifest(
    'a DID that is too long',
    'lines',
    'x'.repeat(513),
    one('line 1: the name is longer than 512 characters'),
  ),
  manifest('a DID twice', 'lines', 'a\nb\na\n', one('line 3: "a" is already on line 1')),
  manifest(
    'bytes that are no UTF-8',
    'lines',
    Buffer.from('a\n\xff\n', 'latin1'),
    one('line 2: it is not valid UTF-8'),
  ),
  manifest(
    'a line that is too long',
    'lines',
    'x'.repeat(1024 * 1024 + 1),
    one('line 1: it is longer than 1 MiB'),
  ),
  manifest(
    'many faults',
    'lines',
    ':\n'.repeat(7),
    `the manifest has 7 faults, the first 5: ${[1, 2, 3, 4, 5].map(n => `line ${n}: the namespace before ":" is empty`).join('; ')}`,
  ),
  manifest(
    'more faults than are counted',
    'lines',
    ':\n'.repeat(2000),
    `the manifest has more than 1000 faults, the first 5: ${[1, 2, 3, 4, 5].map(n => `line ${n}: the namespace before ":" is empty`).join('; ')}`,
  ),
  manifest(
    'a CSV announced as DIDs',
    'lines',
    'did,size\na,1\na,1\n',
    one('line 3: "a,1" is already on line 2'),
  ),

  manifest(
    'a line that is no JSON',
    'ndjson',
    '{"name":"a"}\n{"name":"b"\n',
    one('line 2: it is not valid JSON'),
  ),
  manifest('a number', 'ndjson', '17\n', one('line 1: a file is an object, or a string with its DID')),
  manifest(
    'a list in a line',
    'ndjson',
    '["a"]\n',
    one('line 1: a file is an object, or a string with its DID'),
  ),
  manifest('a file without a name', 'ndjson', '{"size":1}\n', one('line 1: the file has no name')),
  manifest(
    'a file with a DID and a name',
    'ndjson',
    '{"did":"mc:a","name":"a"}\n',
    one('line 1: it has a did and also a name'),
  ),
  manifest(
    'a field that is not known',
    'ndjson',
    '{"name":"a","sise":1}\n',
    one('line 1: there is no field "sise"'),
  ),
  manifest(
    'a prototype',
    'ndjson',
    '{"name":"a","__proto__":{"size":1}}\n',
    one('line 1: there is no field "__proto__"'),
  ),
  manifest(
    'a prototype among attributes',
    'ndjson',
    '{"name":"a","attributes":{"__proto__":1}}\n',
    one('line 1: attributes cannot have the name __proto__'),
  ),
  manifest(
    'attributes nested deeply',
    'ndjson',
    `{"name":"a","attributes":{"b":${'['.repeat(9999)}${']'.repeat(9999)}}}`,
    one('line 1: attributes are nested more than 32 levels deep'),
  ),
  manifest(
    'a size in words',
    'ndjson',
    '{"name":"a","size":"big"}\n',
    one('line 1: size: a number is expected, not "big"'),
  ),
  manifest(
    'a size below nothing',
    'ndjson',
    '{"name":"a","size":-1}\n',
    one('line 1: size: it must be at least 0'),
  ),
  manifest('half a character', 'ndjson', '"a\\ud800"\n', one('line 1: the name is not valid Unicode')),
  manifest(
    'a URL without a scheme',
    'ndjson',
    '{"name":"a","replicas":[{"url":"/data/a"}]}\n',
    one(`line 1: ${URL_NEEDED}`),
    false,
  ),
  manifest(
    'a file of no shared folder',
    'ndjson',
    '{"name":"a","replicas":[{"url":"file:///etc/passwd"}]}\n',
    one('line 1: /etc/passwd is in no folder this server shares; start it with --share /etc'),
    false,
  ),
  manifest(
    'a file without a replica',
    'ndjson',
    '{"name":"a"}\n',
    one('line 1: "a" has no replica, and the project is not virtual'),
    false,
  ),
  manifest(
    'a file twice, in two spellings',
    'ndjson',
    '{"namespace":"a","name":"b"}\n{"did":"a:b"}\n',
    one('line 2: "a:b" is already on line 1'),
  ),
  manifest(
    'too many lanes',
    'ndjson',
    many(33)
      .map(n => `{"name":"f${n}","lane":"l${n}"}`)
      .join('\n'),
    one('line 33: the lane "l32" is one more than the 32 that a project can have'),
  ),
  manifest(
    'a JSON document announced as lines of JSON',
    'ndjson',
    '[\n"a"\n]\n',
    'the manifest has 2 faults: line 1: it is not valid JSON; line 3: it is not valid JSON',
  ),

  manifest('half a document', 'json', '["a",\n', one('line 2: the JSON ends where a file is expected')),
  manifest('no comma', 'json', '["a"\n"b"]', one('line 2: a comma or ] is expected')),
  manifest('a comma too many', 'json', '["a",]', one('line 1: a file is expected')),
  manifest('two documents', 'json', '["a"]\n["b"]', one('line 2: the end of the manifest is expected')),
  manifest('no files', 'json', '{"title":"t"}', one('line 1: the JSON object has no member "files"')),
  manifest(
    'files that are no list',
    'json',
    '{"files":"a"}',
    one('line 1: the array of "files" is expected'),
  ),
  manifest('files twice', 'json', '{"files":["a"],"files":["b"]}', one('line 1: "files" is there twice')),
  manifest('a text', 'json', '"a"', one('line 1: [ or { is expected')),
  manifest('a file twice in one line', 'json', '["a","a"]', one('line 1: "a" is already on this line')),
  manifest(
    'a file without a replica, in JSON',
    'json',
    '{"files":[{"name":"a"}]}',
    one('line 1: "a" has no replica, and the project is not virtual'),
    false,
  ),

  manifest(
    'a header without a name',
    'csv',
    'size,url\n1,x\n',
    one('line 1: the CSV has no column name or did'),
  ),
  manifest(
    'a column that is not known',
    'csv',
    'did,bytes\na,1\n',
    one(
      'line 1: there is no column "bytes"; a CSV may have did, namespace, name, size, lane, durationSeconds, url, site, attributes and attributes.NAME',
    ),
  ),
  manifest(
    'a column twice',
    'csv',
    'did,size,size\na,1,1\n',
    one('line 1: the column "size" is there twice'),
  ),
  manifest(
    'a cell too few',
    'csv',
    'did,size\na,1\nb\n',
    one('line 3: it has 1 columns and the header has 2'),
  ),
  manifest('a quote that is not closed', 'csv', 'did\n"a\nb\n', one('line 2: a quoted cell is not closed')),
  manifest(
    'a quote in a cell',
    'csv',
    'did\n"a"b\n',
    one('line 2: its quotes do not match; a quote inside a quoted cell is written ""'),
  ),
  manifest(
    'a size that is no number',
    'csv',
    'did,size\na,1e3\n',
    one('line 2: size: a number is expected, not "1e3"'),
  ),
  manifest(
    'more sites than URLs',
    'csv',
    'did,url,site\na,https://host/a,A B\n',
    one('line 2: the number of sites is 2 and of urls 1'),
    false,
  ),
  manifest(
    'attributes that are no JSON',
    'csv',
    'did,attributes\na,x=1\n',
    one('line 2: attributes are a JSON object'),
  ),
  manifest('a lane with a space', 'csv', 'did,lane\na,slow lane\n', one(`line 2: a lane ${WORD}`)),
  manifest('a file twice, in CSV', 'csv', 'did\na\n\na\n', one('line 4: "a" is already on line 2')),

  manifest(
    'a gzip that ends too early',
    undefined,
    gzipSync('a\nb\n').subarray(0, -6),
    one('line 3: the gzip data ends too early'),
  ),
  manifest(
    'a gzip without its end, of many lines',
    undefined,
    gzipSync(
      many(5000)
        .map(n => `f${n}`)
        .join('\n'),
    ).subarray(0, -1),
    one('line 5000: the gzip data ends too early'),
  ),
  manifest(
    'a gzip that is damaged',
    undefined,
    Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff),
    one('line 1: the gzip data is damaged, or followed by something else'),
  ),
  manifest('a gzip in a gzip', undefined, gzipSync(gzipSync('a\n')), one('line 1: it is not valid UTF-8')),
];
