import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { CliServer } from '../../support/cli-server.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start();
});
afterAll(() => server.stop());

it('webhooks are made with a secret that is shown once, listed, changed and deleted', async () => {
  const url = 'https://lab.example/hook';
  const made = await server.cli(`webhook set lab ${url}`);
  expect(made.stdout).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
  expect((await server.cli(`webhook set lab ${url} --all`)).stdout).toBe(
    'webhook lab is changed, and keeps its secret\n',
  );
  const { stdout } = await server.cli('webhook list');
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/^WEBHOOK +HEARS OF +STATE +DROPPED +LAST FAILURE +URL$/),
    expect.stringMatching(/^lab +everything +well +0 +https:\/\/lab.example\/hook$/),
  ]);
  expect(JSON.parse((await server.cli('webhook list --json')).stdout)).toMatchObject([
    { name: 'lab', url, all: true, isWaiting: false, dropped: 0 },
  ]);
  expect((await server.cli('webhook delete lab')).stdout).toBe('webhook lab is deleted\n');
  const gone = await server.cli('webhook delete lab');
  expect([gone.code, gone.stderr]).toEqual([
    EXIT.notFound,
    expect.stringContaining('there is no webhook lab'),
  ]);
});

it('a URL that is not allowed is refused with the reason', async () => {
  const { code, stderr } = await server.cli('webhook set lab http://10.0.0.1/');
  expect([code, stderr]).toEqual([
    EXIT.refused,
    expect.stringContaining('url: it must begin with https:, or be on this machine itself'),
  ]);
});
