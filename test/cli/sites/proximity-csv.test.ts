import { describe, expect, it } from 'vitest';
import { readProximityCsv } from '../../../lib/cli/sites/proximity-csv.ts';

const read = (text: string) => readProximityCsv(text, 'sites.csv');

describe('a CSV of proximities', () => {
  it('is a matrix of sites and locations, in which empty cells say nothing', () => {
    expect(read('\ufeffcpu, CERN ,FNAL\n\nCERN,0,50\nFNAL,,1.5\n')).toEqual({
      proximity: { CERN: { CERN: 0, FNAL: 50 }, FNAL: { FNAL: 1.5 } },
    });
  });

  it('is a line for each pair', () => {
    expect(read('CERN,CERN,0\nCERN,FNAL,50\nBNL,FNAL,never\n')).toEqual({
      proximity: { CERN: { CERN: 0, FNAL: 50 }, BNL: { FNAL: 'never' } },
    });
  });

  it('takes a matrix of two locations for a matrix', () => {
    expect(read(',A,B\nCERN,0,50\n').proximity).toEqual({ CERN: { A: 0, B: 50 } });
  });

  it('says never by a word or a negative number', () => {
    expect(read(',A,B,C\nCERN,never,-1,NEVER\n').proximity).toEqual({
      CERN: { A: 'never', B: 'never', C: 'never' },
    });
  });

  it.each(['DEFAULT', 'default', '*'])(
    'has by %s what holds for all sites, and for every other pair',
    name => {
      const matrix = `,A,${name}\n${name},20,70\nCERN,0,\n`;
      const lines = `${name},A,20\n${name},${name},70\nCERN,A,0\n`;
      for (const text of [matrix, lines]) {
        expect(read(text)).toEqual({ proximity: { '*': { A: 20 }, CERN: { A: 0 } }, default: 70 });
      }
    },
  );

  it('keeps names that JavaScript has a use for', () => {
    expect(Object.entries(read('__proto__,constructor,3\n').proximity)).toEqual([
      ['__proto__', { constructor: 3 }],
    ]);
  });

  it.each([
    ['', 'the first row has the locations, and each further row a site: there are none'],
    ['only\n', 'the first row has the locations, and each further row a site: there are none'],
    [',A\nCERN,near\n', 'line 2: "near" is neither a number nor never'],
    [',A\nCERN,1,2\n', 'line 2: it has more cells than there are locations'],
    [',A,DEFAULT\nCERN,1,2\n', 'line 2: CERN cannot have a default of its own; only DEFAULT has one'],
  ])('%j is refused', (text, sentence) => {
    expect(() => read(text)).toThrow(`sites.csv: ${sentence}`);
  });

  it('is told from what is no CSV', () => {
    expect(() => read('a,"b')).toThrow(/^sites\.csv: it is neither JSON nor CSV: /);
  });
});
