import { expect, test } from 'vitest';
import { codeOf, files, startTestServer, tokenIn } from './support.ts';

const project = 1;

test('a project tells what it would cost on AWS, and about what it has cost', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(300) });

  const before = await client.projectCost({ project });
  expect(before).toMatchObject({ home: 'embedded', isPaid: false, filesPerCall: 1, blockWrites: 0 });
  expect(before.expectedDollars).toBeGreaterThan(before.soFarDollars);

  await client.done({ project, done: [tokenIn(await client.reserve({ project, worker: 'w' }))] });
  const after = await client.projectCost({ project });
  expect(after).toMatchObject({ blockWrites: 2, expectedDollars: before.expectedDollars });
  expect(after.soFarDollars).toBeGreaterThan(before.soFarDollars);
});

test('more files a call are expected to cost less', async () => {
  const { client } = await startTestServer();
  await client.createProject({ files: files(9) });
  const [one, hundred] = [
    await client.projectCost({ project }),
    await client.projectCost({ project, filesPerCall: 100 }),
  ];
  expect(hundred.filesPerCall).toBe(100);
  expect(hundred.expectedDollars).toBeLessThan(one.expectedDollars);
});

test('the cost of a project that is not there is not told', async () => {
  const { client } = await startTestServer();
  expect(await codeOf(client.projectCost({ project: 7 }))).toBe('project_unknown');
});
