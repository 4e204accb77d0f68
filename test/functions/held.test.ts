import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { reservationsIn, startTestServer, tokenIn } from './support.ts';

test('a worker asks for one of the files it holds, by its token', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: ['a', 'b', 'c'].map(name => ({ name })), virtual: true });
  const second = reservationsIn(await client.reserve({ project: 1, worker: 'w', count: 2 }))[1]?.token ?? '';
  const theirs = tokenIn(await client.reserve({ project: 1, worker: 'v' }));
  const held = async (token: string) =>
    (await client.held({ project: 1, worker: 'w', token })).reservations.map(({ did }) => did);

  expect(await held(second)).toEqual(['b']);
  for (const other of [theirs, '1.9.0.1.1', '2.0.0.1.1', 'nonsense', `${second}0`])
    expect(await held(other)).toEqual([]);
});

test('a file of which a worker asks again has a URL that works after the first one has run out', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'f'), 'bytes');
  const { client, clock } = await startTestServer({ shares: [folder] });
  const replicas = [{ url: pathToFileURL(join(folder, 'f')).href }];
  await client.createProject({ files: [{ name: 'f', replicas }], leaseSeconds: 60 });
  const reservations = reservationsIn(await client.reserve({ project: 1, worker: 'w' }));
  const token = reservations[0]?.token ?? '';
  const status = async (of: typeof reservations) => (await fetch(of[0]?.replicas[0]?.url ?? '')).status;
  for (let minute = 0; minute < 10; minute += 0.5) {
    await clock.pass(30);
    await client.heartbeat({ project: 1, worker: 'w' });
  }

  expect(await status(reservations)).toBe(403);
  expect(await status((await client.held({ project: 1, worker: 'w', token })).reservations)).toBe(200);
});
