import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isPlainDids } from '../../../lib/cli/create/plain-dids.ts';

const PLAIN = ['raw:a\nraw:b\n', '\n\n raw:a\n', 'a', '\ufeffraw:a\n', 'a,b\n', 'didx,size\n', 'a {b}\n'];
const OTHER = ['{"did":"a"}\n', '[\n', '"a"\n', 'did\na\n', 'size,"name"\n', ' did , size\n', '', '\n'];

describe('a list of plain DIDs', () => {
  it.each(PLAIN)('is known by its first line: %j', text => {
    expect(isPlainDids(Buffer.from(text))).toBe(true);
    expect(isPlainDids(gzipSync(text))).toBe(true);
  });

  it.each(OTHER)('is told from other lists: %j', text => {
    expect(isPlainDids(Buffer.from(text))).toBe(false);
    expect(isPlainDids(gzipSync(text))).toBe(false);
  });

  it('is known by the beginning of what is compressed', () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `raw:${Math.sin(n)}`).join('\n');
    expect(isPlainDids(gzipSync(lines).subarray(0, 5000))).toBe(true);
  });

  it('is not what cannot be read', () => {
    expect(isPlainDids(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))).toBe(false);
  });
});
