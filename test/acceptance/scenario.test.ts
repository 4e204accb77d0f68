import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { readOutputs } from '../../scripts/local-stack.ts';
import { shell } from '../support/cli-home.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SOON } from './home.ts';

const MINUTE = 60_000;
const PARTS = 'bin,docs,functions,infra,lib,scripts,cdk.json,package.json,README.md,tsconfig.json'.split(',');
const STACK = `sluice-readme-${randomBytes(4).toString('hex')}`;

/** A checkout of its own, in which `sluice` is a command, as after `npm link`. */
async function checkout(): Promise<string> {
  const folder = await tempFolder();
  for (const part of PARTS) await cp(part, join(folder, part), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'commands'));
  await symlink(join(folder, 'bin/sluice.js'), join(folder, 'commands/sluice'));
  return folder;
}

/** The commands of the README's section "On AWS" that hold `word`, for a stack of the test's own. */
async function commands(word: string): Promise<string> {
  const [, section = ''] = /^## On AWS\n(.*?)^## /ms.exec(await readFile('README.md', 'utf8')) ?? [];
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  const found = blocks.find(block => block.includes(word));
  if (!found) throw new Error(`the README says nothing of ${word}`);
  return found.replaceAll('npm run local:deploy --', `npm run local:deploy -- -c stack=${STACK}`);
}

test('the section "On AWS" of the README, followed on an emulator', { timeout: 20 * MINUTE }, async () => {
  const folder = await checkout();
  const run = (script: string) =>
    shell('bash', `cd ${folder}; PATH=$PATH:${folder}/commands; export USER=${STACK}\n${script}`);
  // The emulator is there already, and the environment says where.
  const deploy = (await commands('local:deploy'))
    .split('\n')
    .filter(line => line.startsWith('npm run local:deploy'));
  const destroy = `npm run local:destroy -- -c stack=${STACK}`;
  const log = (site: string) => readFile(join(folder, `${site}.log`), 'utf8');

  await run(deploy.join('\n'));
  onTestFinished(() => run(destroy).then(() => {}), MINUTE * 3);
  const { stdout } = await run(`${await commands('sluice worker run')}\nwait; echo id=$id`);
  const { Url, Table } = await readOutputs(join(folder, 'outputs.json'), STACK);
  const client = connect({ server: Url });
  const project = Number(/^id=(\d+)$/m.exec(stdout)?.[1]);

  const ended = await client.showProject({ project });
  expect(ended).toMatchObject({ state: 'failed', counts: { ready: 0, reserved: 0, done: 499, failed: 1 } });
  // Each of its blocks is read for that, which can take a slow emulator longer than a function may.
  await expect
    .poll(() => client.listFiles({ project, state: 'failed' }), SOON)
    .toMatchObject({ files: [{ did: 'raw:f0013', failure: { reason: 'exit 65: the header is broken' } }] });
  expect(await client.showFile({ project, did: 'raw:f0042' })).toMatchObject({ state: 'done', attempts: 3 });
  for (const [site, near, far] of [
    ['EU', 'raw-eu', 'raw-us'],
    ['GENEVA', 'raw-eu', 'raw-us'],
    ['US', 'raw-us', 'raw-eu'],
  ] as const) {
    expect(await log(site)).toContain(near);
    expect(await log(site)).not.toContain(far);
    expect(await log(site)).toMatch(/files done/);
  }
  expect(await log('CHICAGO')).not.toMatch(/raw-eu|files done/);

  await run(deploy.map(line => `${line} -c admins=local,ann`).join('\n'));
  expect(await client.showProject({ project })).toEqual(ended);

  await run(destroy);
  const describe = new DescribeTableCommand({ TableName: Table });
  await expect(new DynamoDBClient().send(describe)).rejects.toThrow(/not found|non-existent/);
});
