import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNameOf } from '../../../lib/worker/program/file-name.ts';
import { eachLine } from '../../../lib/worker/program/lines.ts';

describe('the name of a copy on disk', () => {
  test.each([
    ['ns:run_1/raw.root', 'raw.root'],
    ['raw.root', 'raw.root'],
    ['a:b:c.txt', 'b_c.txt'],
    ['ns:Größe 1.tar.gz', 'Größe_1.tar.gz'],
    ['ns:../../etc/passwd', 'passwd'],
    ['ns:..', 'file'],
    ['ns:-rf', 'rf'],
    ['ns:.hidden', 'hidden'],
    ['ns:a/b/', 'b'],
    ['ns:$(rm -rf x);`y`', '__rm_-rf_x___y_'],
    [`${'x'.repeat(200)}.fits`, `${'x'.repeat(60)}.fits`],
  ])('of %s is %s', (did, name) => {
    expect(fileNameOf(did)).toBe(name);
  });

  test('is a plain, short file name for any DID', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 512 }), did => {
        const name = fileNameOf(did);
        expect(name).toMatch(/^[\p{L}\p{N}_+=@][\p{L}\p{N}._+=@-]*$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 2000 },
    );
  });
});

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, line => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, 'close');
  return lines;
}

describe('lines', () => {
  test('end with \\n, \\r\\n or \\r, wherever the chunks are cut', async () => {
    const whole = 'a\r\nb\n\nc\rd\re\r';
    for (let cut = 0; cut <= whole.length; cut += 1)
      expect(await linesOf(whole.slice(0, cut), whole.slice(cut))).toEqual(['a', 'b', '', 'c', 'd', 'e']);
  });

  test('keep characters whole that are cut between chunks', async () => {
    const bytes = Buffer.from('é\n');
    expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
  });

  test('that are too long come in pieces', async () => {
    const lines = await linesOf('x'.repeat(40_000), 'y\n', 'z');
    expect(lines.join('')).toBe(`${'x'.repeat(40_000)}yz`);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(16_384);
    expect(lines.at(-1)).toBe('z');
  });

  test('wait for whom they are given to, until the end is near', async () => {
    const stream = new PassThrough();
    const taken: string[] = [];
    let goOn = () => {};
    const reading = eachLine(stream, line => {
      taken.push(line);
      return new Promise<void>(resolve => {
        goOn = resolve;
      });
    });
    const written = async (text: string) => {
      stream.write(text);
      await setImmediate();
    };
    await written('a\n');
    await written('b\n');
    expect(taken).toEqual(['a']);
    goOn();
    await setImmediate();
    expect(taken).toEqual(['a', 'b']);
    await written('c\n');
    await written('d\n');
    reading.hurry();
    await setImmediate();
    expect(taken).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are cleaned of what nobody is to see, wherever it is cut, also in a line that is too long', async () => {
    const clean = (text: string) => text.replaceAll(/secret-\d{4}/g, '***');
    for (const before of [0, 5, 16_378, 16_384, 20_470, 20_480]) {
      const whole = `${'x'.repeat(before)}secret-1234${'y'.repeat(10_000)}\nz secret-5678`;
      for (const cut of [before + 1, before + 8, before + 11, whole.length - 3]) {
        const stream = new PassThrough();
        const lines: string[] = [];
        eachLine(stream, line => lines.push(line), clean);
        stream.write(whole.slice(0, cut));
        await setImmediate();
        stream.end(whole.slice(cut));
        await once(stream, 'close');
        expect(lines.join('')).toBe(`${'x'.repeat(before)}***${'y'.repeat(10_000)}z ***`);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(40_000);
      }
    }
  });
});
