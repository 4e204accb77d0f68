import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, table, tableWriter } from '../../lib/cli/frame/table.ts';
import { displayWidth } from '../../lib/cli/frame/text.ts';
import { MemoryOutput } from '../support/run-cli.ts';

interface Row {
  readonly id: number;
  readonly title: string;
  readonly owner: string;
}

const columns: Column<Row>[] = [
  { header: 'ID', align: 'right', value: ({ id }) => String(id) },
  { header: 'TITLE', value: ({ title }) => title },
  { header: 'OWNER', value: ({ owner }) => owner },
];

const rows: Row[] = [
  { id: 7, title: 'calibration of the far detector', owner: 'ana' },
  { id: 1234, title: '日本', owner: 'björn' },
];

function print(given: readonly Row[], width?: number): string[] {
  const output = new MemoryOutput(width);
  table(given, columns, output);
  return output.text.split('\n');
}

describe('a table', () => {
  it('aligns its columns, numbers to the right, whatever the width of the characters', () => {
    expect(print(rows)).toEqual([
      '  ID  TITLE                            OWNER',
      '   7  calibration of the far detector  ana',
      '1234  日本                             björn',
      '',
    ]);
  });

  it('shortens the widest text to fit a terminal', () => {
    expect(print(rows, 30)).toEqual([
      '  ID  TITLE              OWNER',
      '   7  calibration of t…  ana',
      '1234  日本               björn',
      '',
    ]);
  });

  it('shortens the next column too where the widest alone does not do', () => {
    const wide = [{ id: 1, title: 'a-title-of-some-length', owner: 'an-owner-of-length' }];
    expect(print(wide, 26)).toEqual(['ID  TITLE     OWNER', ' 1  a-title…  an-owner-of…', '']);
  });

  it('leaves every text whole where no terminal is', () => {
    const long = 'x'.repeat(500);
    expect(print([{ id: 1, title: long, owner: 'a' }])[1]).toContain(`${long}  a`);
  });

  it('keeps a cell on its line', () => {
    expect(print([{ id: 1, title: 'two\nlines', owner: '\u001b[2J' }])[1]).toBe(' 1  two lines  ?[2J');
  });

  it('prints its headers where there is no row', () => {
    expect(print([])).toEqual(['ID  TITLE  OWNER', '']);
  });

  it('goes on page by page under the same headers, each column at least as wide as before', () => {
    const output = new MemoryOutput();
    const write = tableWriter(columns, output);
    for (const row of rows) write([row]);
    expect(output.text.split('\n')).toEqual([
      'ID  TITLE                            OWNER',
      ' 7  calibration of the far detector  ana',
      '1234  日本                             björn',
      '',
    ]);
  });

  it('fits any terminal that leaves each text eight columns', () => {
    const row = fc.record({ id: fc.nat(9999), title: fc.string(), owner: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 24, max: 120 }), (given, width) => {
        for (const line of print(given, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('prints a hundred thousand rows', () => {
    const row = rows[0] ?? { id: 0, title: '', owner: '' };
    expect(print(Array.from({ length: 200_000 }, () => row))).toHaveLength(200_002);
  });
});
