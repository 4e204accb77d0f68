import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The examples of docs/operations.md under a heading. */
async function examplesOf(heading: string): Promise<string[]> {
  const text = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
  const [section = ''] = text.slice(text.indexOf(heading) + heading.length).split(/^#{2,3} /m);
  return [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, example = '']) => example);
}

/** Runs an app as somebody else has it, with files beside it; answers the template of its stack `lab`. */
async function synthesised(app = '', beside: Readonly<Record<string, string>> = {}): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-app-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/sluice'));
  for (const name of ['aws-cdk-lib', 'constructs'])
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  const files = { 'package.json': '{"type":"module"}', 'app.ts': app, ...beside };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { status, stderr } = spawnSync(process.execPath, ['app.ts'], {
    cwd: folder,
    env: { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out') },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return Template.fromString(await readFile(join(folder, 'cdk.out/lab.template.json'), 'utf8'));
}

test('an app of somebody else holds the construct, as the documentation shows', {
  timeout: 120_000,
}, async () => {
  const [app] = await examplesOf('### In a CDK app of your own');
  const template = await synthesised(app);
  expect(JSON.stringify(template.toJSON())).toContain(':s3:::my-data/run2/*');
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^Pilots') }],
  });
});

test('a function of theirs runs tasks, as the documentation shows', { timeout: 120_000 }, async () => {
  const [app, handlers = ''] = await examplesOf('### Functions that run tasks');
  const template = await synthesised(app, { 'juicer.ts': handlers });
  template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'sluice-lab-t-juicer-normal' });
  template.hasResourceProperties('Custom::SluiceQueues', {
    Configuration: Match.stringLikeRegexp('"promote":"juicer"'),
  });
});
