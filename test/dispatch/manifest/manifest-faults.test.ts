import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ManifestFormat } from '../../../lib/contract/projects.ts';
import { readManifest } from '../../../lib/dispatch/manifest/read-manifest.ts';
import { faultsOf, refusalOf, rowsOf, source } from './support.ts';
import { writtenManifest } from './written.ts';

const MIB = 1024 * 1024;
const bytesOf = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('a row is refused with its line', () => {
  const notJson = 'it is not valid JSON';
  test.each<[what: string, format: ManifestFormat, text: string, faults: string[]]>([
    ['that is not JSON', 'ndjson', '"a"\n{"name":"b"\n"c"', [`2: ${notJson}`]],
    [
      'that is not JSON, in an array',
      'json',
      '["a",\n{"name" "b"},\nc,"d"]',
      [`2: ${notJson}`, `3: ${notJson}`],
    ],
    [
      'that is not an object',
      'ndjson',
      '1\n[]\nnull',
      [
        '1: a file is an object, or a string with its DID',
        '2: a file is an object, or a string with its DID',
        '3: a file is an object, or a string with its DID',
      ],
    ],
    [
      'without a name',
      'ndjson',
      '{"size":1}\n{"name":5}',
      ['1: the file has no name', '2: the file has no name'],
    ],
    ['with an empty name', 'csv', 'did\n""\n', ['2: the file has no name']],
    ['with an empty namespace', 'lines', 'a\n:b', ['2: the namespace before ":" is empty']],
    [
      'with a colon in its namespace',
      'ndjson',
      '{"namespace":"a:b","name":"c"}',
      ['1: the namespace has a colon'],
    ],
    ['with a control character', 'json', '["a\\u0007"]', ['1: the name has a control character']],
    ['with half a surrogate pair', 'ndjson', '"a\\ud800"', ['1: the name is not valid Unicode']],
    ['with a did and a name', 'ndjson', '{"did":"a","namespace":"b"}', ['1: it has a did and also a name']],
    ['with a did that is no text', 'ndjson', '{"did":1}', ['1: the did is not a string']],
    ['with an unknown field', 'ndjson', '{"name":"a","sise":1}', ['1: there is no field "sise"']],
    [
      'with an unknown field inside',
      'ndjson',
      '{"name":"a","replicas":[{"url":"s3://a"},{"url":"s3://b","rse":"c"}]}',
      ['1: replicas.1: there is no field "rse"'],
    ],
    [
      'with a size that is no number',
      'ndjson',
      '{"name":"a","size":"1"}',
      ['1: size: a number is expected, not "1"'],
    ],
    [
      'with a size that is no number, in CSV',
      'csv',
      'did,size\na,1\n\nb,0x10',
      ['4: size: a number is expected, not "0x10"'],
    ],
    ['with a negative size', 'ndjson', '{"name":"a","size":-1}', ['1: size: it must be at least 0']],
    [
      'with a bad lane',
      'csv',
      'did,lane\na,x y',
      ['2: a lane may have letters, digits and _ . @ + -, and begins with a letter, a digit or _'],
    ],
    [
      'with a replica that is no URL',
      'csv',
      'did,url\na,/data/a',
      ['2: a replica needs a URL with a scheme, such as https://host/path'],
    ],
    [
      'with sites that do not match its urls',
      'csv',
      'did,url,site\na,s3://a s3://b,cern',
      ['2: the number of sites is 1 and of urls 2'],
    ],
    [
      'with attributes that are no object',
      'csv',
      'did,attributes\na,{}\nb,[]\nc,{',
      ['3: attributes are a JSON object', '4: attributes are a JSON object'],
    ],
    [
      'with attributes that are too large',
      'ndjson',
      `{"name":"a","attributes":{"b":"${'x'.repeat(8192)}"}}`,
      ['1: attributes are larger than 8192 characters of JSON'],
    ],
    [
      'with attributes nested thousands deep',
      'ndjson',
      `{"name":"a","attributes":{"b":${'['.repeat(99_999)}${']'.repeat(99_999)}}}`,
      ['1: attributes are nested more than 32 levels deep'],
    ],
    [
      'with too few or many cells',
      'csv',
      'did,size\na\nb,1,2\nc,1',
      ['2: it has 1 columns and the header has 2', '3: it has 3 columns and the header has 2'],
    ],
    [
      'with a stray quote',
      'csv',
      'did,size\na"b,1\n"c"d,1\ne,1',
      [
        '2: its quotes do not match; a quote inside a quoted cell is written ""',
        '3: its quotes do not match; a quote inside a quoted cell is written ""',
      ],
    ],
    [
      'after a record of several lines',
      'csv',
      'did,attributes\na,"{\n\n""x"":1}"\nb,x',
      ['5: attributes are a JSON object'],
    ],
    [
      'whose quoted cell is never closed',
      'csv',
      'did,size\na,1\n"b,1\nc,1',
      ['3: a quoted cell is not closed'],
    ],
  ])('%s', async (_, format, text, faults) => {
    expect(await faultsOf(text, format)).toEqual(faults);
    expect(await faultsOf(text.replaceAll('\n', '\r\n'), format)).toEqual(faults);
  });

  test.each<[ManifestFormat, Buffer, string]>([
    ['ndjson', bytesOf('"a"\n"b', [0xff], '"\n"c"\n:d'), '2'],
    ['json', bytesOf('["a",\n"b', [0xc3], '"\n,":d"]'), '2'],
    ['csv', bytesOf('did\na\n', [0xe2, 0x82], '\n:d\n'), '3'],
    ['lines', bytesOf('a\n', [0xfe, 0xff], '\n:d'), '2'],
  ])('that is not UTF-8, in %s', async (format, bytes, line) => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const { faults, total } = await refusalOf(rowsOf(source(bytes, [cut]), { format }));
      expect(faults[0]).toEqual({ line: Number(line), message: 'it is not valid UTF-8' });
      expect(total).toBe(2);
    }
  });

  test('that is not UTF-8 inside a quoted cell, and the next line is a row again', async () => {
    expect(await faultsOf(bytesOf('did\n"a\n', [0xff], '\n:b\n'), 'csv')).toEqual([
      '3: it is not valid UTF-8',
      '4: the namespace before ":" is empty',
    ]);
  });

  test.each<[ManifestFormat, string, string[]]>([
    ['ndjson', `"a"\n"${'x'.repeat(MIB)}"\n":b"`, ['2: it is longer than 1 MiB']],
    ['json', `["a"\n,{"x":"${'x'.repeat(MIB)}"}\n,":b"]`, ['2: it is longer than 1 MiB']],
    ['csv', `did\na,${'x'.repeat(MIB)}\n:b`, ['2: it is longer than 1 MiB']],
    ['csv', `did\n"a\n${'x\n'.repeat(MIB / 2)}`, ['2: a quoted cell is not closed within 1 MiB']],
    ['lines', `a\n${'x'.repeat(MIB + 1)}\n:b`, ['2: it is longer than 1 MiB']],
  ])('that is longer than 1 MiB, in %s', async (format, text, faults) => {
    expect((await faultsOf(text, format)).slice(0, 1)).toEqual(faults);
  });

  test('and the fault says which file it is, when the row tells it', async () => {
    const text = '{"namespace":"mc","name":"a","size":-1}\n{"did":"mc:b","size":-1}\n"mc:"\n{"size":1}';
    const { faults } = await refusalOf(rowsOf(text));
    expect(faults.map(fault => fault.did)).toEqual(['mc:a', 'mc:b', 'mc:', undefined]);
  });
});

test.each(['', '["'])(
  'a line without end that begins with %j takes no more memory than 1 MiB',
  async begin => {
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    async function* endless() {
      yield Buffer.from(begin);
      for (let i = 0; i < 160; i++) {
        yield Buffer.alloc(MIB, 'x');
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
    }
    await refusalOf(rowsOf(endless()));
    expect(most).toBeLessThan(100 * MIB);
  },
);

describe('a JSON manifest is refused at the line where it cannot be read on', () => {
  test.each([
    [
      'that ends inside of a file',
      '["a",\n{"name":"b",\n"size":1',
      '3: the JSON ends inside of what begins on line 2',
    ],
    ['that ends after a file', '["a",\n"b"\n', '3: the JSON ends where a comma or ] is expected'],
    ['that ends after a comma', '["a",', '1: the JSON ends where a file is expected'],
    ['that ends inside of its object', '{"files":["a"]\n', '2: the JSON ends where a comma or } is expected'],
    ['with something after its end', '["a"]\n["b"]', '2: the end of the manifest is expected'],
    ['without a comma', '["a"\n"b"]', '2: a comma or ] is expected'],
    ['with a comma too many', '["a",\n]', '2: a file is expected'],
    [
      'with a string that goes on to the next line',
      '[{"name":"a,\n"size":1}]',
      '1: a string is not closed on its line',
    ],
    ['that begins with something else', ' "a"', '1: [ or { is expected'],
    ['without files', '{"title":"t",\n"n":{"files":["a"]}}', '2: the JSON object has no member "files"'],
    ['whose files are no array', '{"files":\n"a"}', '2: the array of "files" is expected'],
    ['that has files twice', '{"files":["a"],\n"files":["b"]}', '2: "files" is there twice'],
    ['with a member that has no value', '{"title":,"files":["a"]}', '1: a value is expected'],
  ])('%s', async (_, text, fault) => {
    expect(await faultsOf(text, 'json')).toEqual([fault]);
  });
});

describe('a CSV manifest is refused for its header', () => {
  const columns =
    'did, namespace, name, size, lane, durationSeconds, url, site, attributes and attributes.NAME';
  test.each([
    [
      'with unknown columns',
      'name,sise,Lane\na',
      `there is no column "sise", "Lane"; a CSV may have ${columns}`,
    ],
    ['with a column twice', 'size,name,size\n', 'the column "size" is there twice'],
    ['with a did and a name', 'did,namespace\n', 'the CSV has a column did and also a name'],
    ['with neither did nor name', 'size,url\n', 'the CSV has no column name or did'],
    ['that is no CSV', '"a"b,name\n', 'its quotes do not match; a quote inside a quoted cell is written ""'],
  ])('%s', async (_, text, message) => {
    expect(await faultsOf(`\n${text}`, 'csv')).toEqual([`2: ${message}`]);
  });
});

describe('a gzip manifest is refused', () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `file-${i}-${Math.sin(i)}`);
  const zipped = gzipSync(lines.join('\n'));

  test('at the line where it ends too early', async () => {
    const { faults, total } = await refusalOf(rowsOf(zipped.subarray(0, zipped.length - 9)));
    expect(faults).toEqual([{ line: 5000, message: 'the gzip data ends too early' }]);
    expect(total).toBe(1);
  });

  test('when even its first line is cut', async () => {
    expect(await faultsOf(zipped.subarray(0, 15))).toEqual(['1: the gzip data ends too early']);
  });

  test('near the line where it is damaged', async () => {
    // Stored blocks: the first has its length at byte 11, and the header of the second follows it.
    const stored = gzipSync(lines.join('\n'), { level: 0 });
    const firstBlock = stored.readUInt16LE(11);
    stored.fill(0xff, 15 + firstBlock, 20 + firstBlock);
    const [fault] = (await refusalOf(rowsOf(stored))).faults;
    expect(fault?.message).toBe('the gzip data is damaged, or followed by something else');
    const lineAt = (offset: number) => lines.join('\n').slice(0, offset).split('\n').length;
    expect(fault?.line).toBeLessThanOrEqual(lineAt(firstBlock));
    expect(fault?.line).toBeGreaterThanOrEqual(lineAt(firstBlock - 32_768));
  });

  test('when something follows it', async () => {
    const followed = Buffer.concat([gzipSync('file\n'.repeat(100_000)), Buffer.from('and more')]);
    const { faults, total } = await refusalOf(rowsOf(followed));
    expect(total).toBe(1);
    expect(faults[0]?.message).toBe('the gzip data is damaged, or followed by something else');
    expect(faults[0]?.line).toBeGreaterThan(95_000);
  });

  test('only when it really begins as gzip', async () => {
    expect(await faultsOf(bytesOf([0x1f], 'a'))).toEqual(['1: the name has a control character']);
  });
});

describe('the refusal of a manifest', () => {
  test('names one fault in a sentence', async () => {
    const refusal = await refusalOf(rowsOf('"a"\n""'));
    expect(refusal.message).toBe('the manifest has a fault: line 2: the name is empty');
    expect(refusal.faults).toEqual([{ line: 2, did: '', message: 'the name is empty' }]);
  });

  test('names all of a few faults', async () => {
    const refusal = await refusalOf(rowsOf('{"name":""}\n"a"\n{"nome":"b","name":"b"}'));
    expect(refusal.message).toBe(
      'the manifest has 2 faults: line 1: the name is empty; line 3: there is no field "nome"',
    );
  });

  test('names the first five of many and counts the others', async () => {
    const refusal = await refusalOf(rowsOf(`a\n${':\n'.repeat(7)}b`));
    expect(refusal.faults.map(fault => fault.line)).toEqual([2, 3, 4, 5, 6]);
    expect(refusal.total).toBe(7);
    expect(refusal.message).toMatch(
      /^the manifest has 7 faults, the first 5: line 2: [^;]*(; line [3-6]: [^;]*){4}$/,
    );
  });

  test('stops counting, and reading, after a thousand', async () => {
    async function* faulty() {
      for (;;) yield Buffer.from(':\n'.repeat(100));
    }
    const refusal = await refusalOf(rowsOf(faulty()));
    expect(refusal.total).toBe(1001);
    expect(refusal.message).toMatch(/^the manifest has more than 1000 faults, the first 5: line 1:/);
  });

  test('shows no more than the beginning of what is long', async () => {
    const long = 'x'.repeat(5000);
    const [columns] = await faultsOf(`name,${long},b,c,d\na`);
    expect(columns).toContain(`there is no column "${'x'.repeat(80)}…", "b", "c", …; a CSV may have`);
    const [field] = await faultsOf(`{"name":"a","${long}":1}`);
    expect(field?.length).toBeLessThan(100);
  });

  test.each(['', '\n \r\n', '[]', '{"files":[]}', '\ufeff', '# nothing\n', 'did,size\n'])(
    'of %j, which names no file, says so',
    async text => {
      const refusal = await refusalOf(rowsOf(text));
      expect(refusal).toMatchObject({ message: 'the manifest names no file', faults: [], total: 0 });
      expect((await refusalOf(rowsOf(gzipSync(text)))).message).toBe('the manifest names no file');
    },
  );

  test('comes as soon as there are more files than a project can have', async () => {
    async function* many() {
      for (;;) yield Buffer.from('a\n'.repeat(100));
    }
    const refusal = await refusalOf(rowsOf(many(), { maxFiles: 5000 }));
    expect(refusal.message).toBe('the manifest names more than 5000 files, the most a project can have');
    expect(await rowsOf('a\nb', { maxFiles: 2 })).toHaveLength(2);
  });

  test('is refused for files that the caller cannot take, with their lines', async () => {
    const check = ({ name }: { name: string }) => (name === 'b' ? 'b is not wanted' : undefined);
    const refusal = await refusalOf(rowsOf('a\nb\nc\nb', { check }));
    expect(refusal.faults).toEqual([
      { line: 2, did: 'b', message: 'b is not wanted' },
      { line: 4, did: 'b', message: 'b is not wanted' },
    ]);
  });

  test('comes after no batch that holds a row from behind the first fault', async () => {
    const text = `${'a\n'.repeat(1500)}:\n${'b\n'.repeat(5000)}`;
    const lines: number[] = [];
    await refusalOf(
      (async () => {
        for await (const batch of readManifest(source(text))) lines.push(...batch.map(row => row.line));
      })(),
    );
    expect(Math.max(0, ...lines)).toBeLessThanOrEqual(1500);
  });
});

test('cutting any manifest short gives its first rows or a refusal, never another error', async () => {
  await fc.assert(
    fc.asyncProperty(writtenManifest, fc.nat(300), async ({ format, text, rows }, length) => {
      const cut = Buffer.from(text).subarray(0, length);
      const reading = rowsOf(cut, { format });
      const read = await reading.catch(() => undefined);
      if (read === undefined) await refusalOf(reading);
      else expect(read.slice(0, -1)).toEqual(rows.slice(0, Math.max(0, read.length - 1)));
    }),
    { numRuns: 300 },
  );
});
