import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The example of docs/operations.md. */
async function exampleOf(heading: string): Promise<string> {
  const text = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(text.slice(text.indexOf(heading)))?.[1];
  if (!example) throw new Error(`docs/operations.md has no example under ${heading}`);
  return example;
}

test('an app of somebody else holds the construct, as the documentation shows', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-app-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/sluice'));
  for (const name of ['aws-cdk-lib', 'constructs'])
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'app.ts'), await exampleOf('### In a CDK app of your own'));

  const { status, stderr } = spawnSync(process.execPath, ['app.ts'], {
    cwd: folder,
    env: { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out') },
    encoding: 'utf8',
  });

  expect({ status, stderr }).toMatchObject({ status: 0 });
  const template = Template.fromString(await readFile(join(folder, 'cdk.out/lab.template.json'), 'utf8'));
  expect(JSON.stringify(template.toJSON())).toContain(':s3:::my-data/run2/*');
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^Pilots') }],
  });
});
