import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, oneLine, shorten, wrap } from '../../lib/cli/frame/text.ts';

const printable = fc.string({ unit: 'grapheme' }).map(oneLine);

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['🎉', 2],
    ['👩‍🔬', 2],
    ['❤️', 2],
    ['©', 1],
    ['ﾊﾝ', 2],
  ])('of %j is %d columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('shorten', () => {
  it('leaves a text that fits, and ends one that does not with an ellipsis', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef');
    expect(shorten('abcdefg', 6)).toBe('abcde…');
    expect(shorten('日本語', 5)).toBe('日本…');
    expect(shorten('日本語', 4)).toBe('日…');
  });

  it('never passes the width', () => {
    fc.assert(
      fc.property(printable, fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(displayWidth(shorten(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('oneLine', () => {
  it('keeps a text on its line, and from driving the terminal', () => {
    expect(oneLine(' a\r\n  b\tc \n')).toBe('a b c');
    expect(oneLine('\u001b[31mred\u0007\u009b1m')).toBe('?[31mred??1m');
  });

  it('leaves no control character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(oneLine(text)).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces, and lets a longer word stand alone', () => {
    expect(wrap('one two  three', 7)).toEqual(['one two', 'three']);
    expect(wrap('see https://host/path now', 8)).toEqual(['see', 'https://host/path', 'now']);
    expect(wrap('  ', 8)).toEqual([]);
  });

  it('keeps every word in its order, and every line of several words within the width', () => {
    fc.assert(
      fc.property(fc.array(printable), fc.integer({ min: 1, max: 40 }), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ').split(/\s+/).join(' ')).toBe(words.join(' ').trim().split(/\s+/).join(' '));
        for (const line of lines.filter(line => line.includes(' '))) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
