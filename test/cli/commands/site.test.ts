import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { CliServer } from '../../support/cli-server.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start();
});
afterAll(() => server.stop());
beforeEach(() => server.client.putSites({}));

const TABLE = { proximity: { CERN: { CERN: 0, FNAL: 50 }, '*': { FNAL: 'never' as const } } };

describe('site show', () => {
  it('is a matrix of sites and locations, with what holds for the rest', async () => {
    await server.client.putSites({ ...TABLE, unavailable: ['BNL'] });
    const { stdout } = await server.cli('site show');
    expect(stdout).toBe(
      [
        'SITE  CERN   FNAL',
        '*           never',
        'CERN     0     50',
        '',
        'other pairs  100',
        'down         BNL',
        '',
      ].join('\n'),
    );
  });

  it('is a line for each pair where a terminal is too narrow for a matrix', async () => {
    await server.client.putSites(TABLE);
    const { stdout } = await server.cli('site show', { columns: 15 });
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'SITE  LOCATION  PROXIMITY',
      '*     FNAL          never',
      'CERN  CERN              0',
      'CERN  FNAL             50',
    ]);
  });

  it('is short where there is no table', async () => {
    expect((await server.cli('site show')).stdout).toBe('every pair  100\n');
  });
});

describe('site set', () => {
  it('takes back what site show --json printed', async () => {
    await server.client.putSites({ ...TABLE, default: 7, unavailable: ['BNL'] });
    const { stdout } = await server.cli('site show -j');
    await server.client.putSites({});
    const { code } = await server.cli('site set -', { stdin: stdout });
    expect([code, (await server.cli('site show -j')).stdout]).toEqual([EXIT.ok, stdout]);
  });

  it('takes a matrix in CSV and leaves alone what it does not speak of', async () => {
    await server.client.putSites({ default: 7, unavailable: ['BNL'] });
    await writeFile(join(server.folder, 'sites.csv'), 'site,CERN,FNAL\nCERN,0,50\nDEFAULT,,never\n');
    const { stdout } = await server.cli('site set sites.csv -j');
    expect(JSON.parse(stdout)).toEqual({ ...TABLE, default: 7, unavailable: ['BNL'] });
    expect(await server.client.getSites({})).toEqual({ ...TABLE, default: 7, unavailable: ['BNL'] });
  });

  it.each([
    ['{"default":-1}', 'standard input: default: it must be at least 0'],
    ['{', 'standard input: it is not JSON'],
    ['site,CERN\nCERN,near\n', 'standard input: line 2: "near" is neither a number nor never'],
    ['', 'standard input: the first row has the locations, and each further row a site: there are none'],
  ])('refuses %j in one sentence, and changes nothing', async (stdin, sentence) => {
    await server.client.putSites(TABLE);
    const { code, stderr } = await server.cli('site set -', { stdin });
    expect([code, stderr]).toEqual([EXIT.usage, `sluice site set: ${sentence}\n`]);
    expect(await server.client.getSites({})).toMatchObject(TABLE);
  });
});

describe('site down and site up', () => {
  it('mark a location, and keep the rest of the table', async () => {
    await server.client.putSites({ ...TABLE, unavailable: ['BNL'] });
    for (const _ of [1, 2]) expect((await server.cli('site down FNAL')).stdout).toBe('FNAL is down\n');
    expect(await server.client.getSites({})).toMatchObject({ ...TABLE, unavailable: ['BNL', 'FNAL'] });
    expect((await server.cli('site up BNL')).stdout).toBe('BNL is up\n');
    const { stdout } = await server.cli('site up NOWHERE -j');
    expect(JSON.parse(stdout)).toMatchObject({ ...TABLE, unavailable: ['FNAL'] });
  });
});
