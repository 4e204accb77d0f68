import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../../lib/dispatch/manifest/read-manifest.ts';
import { didsOf, rowsOf, source } from './support.ts';
import { writtenManifest } from './written.ts';

describe('a manifest', () => {
  test('gives the files it was written from, with their lines, in any format and any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(
        writtenManifest,
        fc.array(fc.nat(400), { maxLength: 8 }),
        async ({ format, text, rows }, cuts) => {
          expect(await rowsOf(source(text, cuts), { format })).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('gives the same when it is gzip, in one member or several', async () => {
    await fc.assert(
      fc.asyncProperty(
        writtenManifest,
        fc.nat(200),
        fc.array(fc.nat(200)),
        async ({ format, text, rows }, at, cuts) => {
          const bytes = Buffer.from(text);
          const members = [bytes.subarray(0, at), bytes.subarray(at)].map(part => gzipSync(part));
          expect(await rowsOf(source(Buffer.concat(members), cuts), { format })).toEqual(rows);
        },
      ),
    );
  });

  test('may have zeros after its gzip, as tapes leave them', async () => {
    expect(await didsOf(Buffer.concat([gzipSync('a\nb\n'), Buffer.alloc(600)]))).toEqual(['1 a', '2 b']);
  });

  test.each([
    ['ndjson', '{"name":"a"}\n"é:b"\n\n{"did":"c"}'],
    ['json', '[\n"a",\n\n"é:b", {"name":"c\\"]"}\n]'],
    ['json with members', '{\n"title":["]",{"files":[]}],\n"files":["a", "é:b"\n]\n, "n": 1}'],
    ['csv', '\n"did",attributes\n"a","{""k"":\r\n1}"\r\né:b,\n'],
    ['lines', '# é\r\n a \r\n\r\né:b'],
  ])('reads the same %s wherever it is cut', async (_, text) => {
    const length = Buffer.byteLength(text);
    const whole = await rowsOf(text);
    for (let cut = 1; cut < length; cut++) expect(await rowsOf(source(text, [cut]))).toEqual(whole);
    expect(
      await rowsOf(
        source(
          text,
          Array.from({ length }, (_, i) => i),
        ),
      ),
    ).toEqual(whole);
  });
});

describe('the format', () => {
  test.each([
    ['an array', ' \n["a","b"]', ['2 a', '2 b']],
    ['a document that begins with its files', '{ "files" : ["a",\n"b"] }', ['1 a', '2 b']],
    ['a document printed over many lines', '{\n"title": "t",\n"files": ["a", "b"]\n}', ['3 a', '3 b']],
    ['objects, one a line', '{"name":"a"}\n{"name":"b"}', ['1 a', '2 b']],
    ['strings, one a line', '"a"\n"b"', ['1 a', '2 b']],
    ['a header with a name', 'size,name\n1,a\n2,b', ['2 a', '3 b']],
    ['a header that is only did', 'did\na\nb', ['2 a', '3 b']],
    ['a header in quotes', '"size","name"\n1,a', ['2 a']],
    ['DIDs, one a line', 'a\n\n# c\n  b\n', ['1 a', '4 b']],
    ['a DID with a word like a column', 'filename,x\nb', ['1 filename,x', '2 b']],
  ])('is told from %s', async (_, text, dids) => {
    expect(await didsOf(text)).toEqual(dids);
    expect(await didsOf(gzipSync(`\ufeff${text}`))).toEqual(dids);
  });

  test('is told after more blank space than a chunk has', async () => {
    expect(await didsOf(`${'\n'.repeat(40_000)}["a"]`)).toEqual(['40001 a']);
  });

  test('can be given, and is then not guessed', async () => {
    expect(await didsOf('name\nb', 'lines')).toEqual(['1 name', '2 b']);
    expect(await didsOf('{"title":"t","files":["a"]}', 'json')).toEqual(['1 a']);
  });
});

describe('a row', () => {
  test('may have a did in the place of namespace and name', async () => {
    const text = '{"did":"mc:x:y","size":3}\n{"namespace":"mc","name":"x"}\n"mc:z"\n"plain"';
    expect((await rowsOf(text)).map(row => row.file)).toEqual([
      { namespace: 'mc', name: 'x:y', size: 3 },
      { namespace: 'mc', name: 'x' },
      { namespace: 'mc', name: 'z' },
      { name: 'plain' },
    ]);
  });

  test('of a CSV has several replicas separated by spaces', async () => {
    const text = 'did,url,site\na,http://x  s3://y,cern fnal\nb,http://x s3://y,\n';
    expect((await rowsOf(text)).map(row => row.file.replicas)).toEqual([
      [
        { url: 'http://x', site: 'cern' },
        { url: 's3://y', site: 'fnal' },
      ],
      [{ url: 'http://x' }, { url: 's3://y' }],
    ]);
  });

  test('of a CSV has attributes in columns of their own, which win over those in JSON', async () => {
    const text = 'did,attributes.run,attributes,attributes.a.b\na,7,"{""run"":1,""k"":[2]}",x\nb,,,\n';
    expect((await rowsOf(text)).map(row => row.file)).toEqual([
      { name: 'a', attributes: { run: '7', k: [2], 'a.b': 'x' } },
      { name: 'b' },
    ]);
  });

  test('of a CSV keeps the line ends and quotes of a quoted cell', async () => {
    const text = 'did,attributes.note\r\na,"x ""y""\r\n\r\n, z"\r\nb,1\r\n';
    expect(await rowsOf(text)).toEqual([
      { line: 2, file: { name: 'a', attributes: { note: 'x "y"\n\n, z' } } },
      { line: 5, file: { name: 'b', attributes: { note: '1' } } },
    ]);
  });

  test('of a CSV is the same by itself as among others, however its quotes are misplaced', async () => {
    const cells = fc.array(fc.constantFrom('a', ',', '"', '""', ' ', '\n', '\r\n', '\r', '\\'), {
      maxLength: 14,
    });
    const outcome = (text: string, cuts: number[]) =>
      rowsOf(source(text, cuts), { format: 'csv' }).catch((error: Error) => error.message);
    await fc.assert(
      fc.asyncProperty(cells, async parts => {
        const text = `did,attributes.x\n${parts.join('')}`;
        const everywhere = Array.from(text, (_, i) => i);
        expect(await outcome(text, everywhere)).toEqual(await outcome(text, []));
      }),
      { numRuns: 500 },
    );
  });

  test('may be almost 1 MiB long, over many chunks', async () => {
    const text = `{"name":"a",${' '.repeat(1024 * 1024 - 50)}"size":1}`;
    const cuts = Array.from({ length: 200 }, (_, i) => i * 6000);
    for (const manifest of [text, `[${text}]`]) {
      expect(await rowsOf(source(manifest, cuts))).toEqual([{ line: 1, file: { name: 'a', size: 1 } }]);
    }
  });
});

/** A large manifest that is made as it is read, and how many of its bytes were taken. */
function endless(begin: string, between: string, chunkRows: number) {
  const taken = { bytes: 0 };
  async function* bytes() {
    for (let i = 0; ; i += chunkRows) {
      const rows = Array.from({ length: chunkRows }, (_, k) => `"mc:run2/file-${i + k}.root"`);
      const chunk = Buffer.from((i === 0 ? begin : between) + rows.join(between));
      taken.bytes += chunk.length;
      yield chunk;
    }
  }
  return { taken, bytes };
}

describe('a large manifest', () => {
  test.each([
    ['of many lines', '', '\n'],
    ['of one line', '[', ','],
  ])('%s is read no further than the batches that were taken need', async (_, begin, between) => {
    const { taken, bytes } = endless(begin, between, 100);
    let rows = 0;
    for await (const batch of readManifest(bytes())) {
      expect(batch.length).toBe(1000);
      rows += batch.length;
      expect(taken.bytes).toBeLessThan(rows * 30 + 10_000);
      if (rows === 50_000) break;
    }
    expect(rows).toBe(50_000);
  });

  test('comes in batches of at most 1,000 rows, however large its chunks', async () => {
    const text = Array.from({ length: 50_500 }, (_, i) => `f${i}`).join('\n');
    const sizes: number[] = [];
    for await (const batch of readManifest(source(text))) sizes.push(batch.length);
    expect(sizes).toEqual([...Array(50).fill(1000), 500]);
  });

  test('lets other work have its turn while it is read from memory', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ name: `f${i}`, size: i })).join(
      '\n',
    );
    let turns = 0;
    const count = () => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await rowsOf(text);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(text.length / 16_384);
  });
});

describe('the source', () => {
  /** Gives `content` in small chunks and says whether it was closed. */
  function watched(content: string | Uint8Array) {
    const state = { isClosed: false };
    async function* bytes() {
      try {
        yield* source(content, [1, 2, 5000]);
      } finally {
        state.isClosed = true;
      }
    }
    return { state, bytes };
  }
  const lines = 'a\n'.repeat(20_000);

  test.each([
    ['plain', lines],
    ['gzip', gzipSync(lines)],
  ])('is closed when the reader of a %s manifest stops early', async (_, content) => {
    const { state, bytes } = watched(content);
    for await (const batch of readManifest(bytes())) {
      expect(batch.length).toBe(1000);
      break;
    }
    expect(state.isClosed).toBe(true);
  });

  test('is closed when the manifest is refused at its very beginning', async () => {
    const { state, bytes } = watched(`[]x${' '.repeat(30_000)}`);
    await expect(rowsOf(bytes())).rejects.toThrow('the end of the manifest is expected');
    expect(state.isClosed).toBe(true);
  });

  test.each([
    ['plain', lines],
    ['gzip', gzipSync(lines)],
  ])('of a %s manifest that fails is not taken for a fault of the manifest', async (_, content) => {
    async function* failing() {
      yield* source(content.slice(0, 50));
      throw new Error('the disk is gone');
    }
    await expect(rowsOf(failing())).rejects.toThrow(new Error('the disk is gone'));
  });
});
