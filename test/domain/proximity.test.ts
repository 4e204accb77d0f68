import { describe, expect, test } from 'vitest';
import { NO_SITES, proximityOf, type SiteTable, usableReplicas } from '../../lib/domain/proximity.ts';

const table: SiteTable = {
  default: 50,
  proximity: {
    fnal: { cern: 30, ral: 'never', fnal: 2 },
    '*': { tape: 90, ral: 5, fnal: 7, desy: 'never' },
  },
  unavailable: ['kek'],
};

test.each<[string, string | undefined, string | undefined, number | 'never']>([
  ['an entry of the pair', 'fnal', 'cern', 30],
  ['an entry of the pair before that of all', 'fnal', 'ral', 'never'],
  ['an entry of the site itself, for itself', 'fnal', 'fnal', 2],
  ['an entry of all', 'cern', 'tape', 90],
  ['an entry of all before the site itself', 'desy', 'desy', 'never'],
  ['an entry of all, without a site', undefined, 'ral', 5],
  ['the same site', 'cern', 'cern', 0],
  ['the default', 'fnal', 'desy2', 50],
  ['the default, without a site', undefined, 'cern', 50],
  ['no location', 'fnal', undefined, 0],
  ['neither site nor location', undefined, undefined, 0],
])('proximity comes from %s', (_, site, location, proximity) => {
  expect(proximityOf(table, site, location)).toBe(proximity);
});

test('a site may have any name', () => {
  expect(proximityOf(table, 'constructor', 'name')).toBe(50);
  expect(proximityOf(table, 'fnal', 'constructor')).toBe(50);
  expect(proximityOf(table, '__proto__', 'constructor')).toBe(50);
});

describe('the replicas a worker can use', () => {
  const at = (site: string | undefined, more: object = {}) => ({ url: `https://${site}/f`, site, ...more });
  const sites = (site: string | undefined, replicas: ReturnType<typeof at>[], sites = table) =>
    usableReplicas(sites, site, replicas).map(({ replica, proximity }) => [replica.site, proximity]);

  test('come nearest first, in the given order among equals', () => {
    const replicas = ['tape', 'x', 'cern', 'y', 'fnal', undefined].map(site => at(site));
    expect(sites('fnal', replicas)).toEqual([
      [undefined, 0],
      ['fnal', 2],
      ['cern', 30],
      ['x', 50],
      ['y', 50],
      ['tape', 90],
    ]);
  });

  test('leave out those marked unavailable, those at locations that are down, and those out of reach', () => {
    const replicas = [at('cern', { available: false }), at('kek'), at('ral'), at('x', { available: true })];
    expect(sites('fnal', replicas)).toEqual([['x', 50]]);
  });

  test('are those of the table only, where the default is never', () => {
    expect(sites('fnal', [at('cern'), at('x')], { ...table, default: 'never' })).toEqual([['cern', 30]]);
  });

  test('are all there are, without a table', () => {
    expect(sites('a', [at('b'), at('a'), at(undefined)], NO_SITES)).toEqual([
      ['a', 0],
      [undefined, 0],
      ['b', 100],
    ]);
  });
});
