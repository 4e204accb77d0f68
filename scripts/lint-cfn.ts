import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Has cfn-lint look at the templates of the stack: as it is, with every setting, and with a function that runs tasks. */
const SETTINGS = [
  [],
  [
    'replicas=data,archive/run2/',
    'admins=ann',
    'concurrency=20',
    'alarmTopic=arn:aws:sns:eu-central-1:123456789012:ops',
    'keep=false',
    'unnamedCaller=ann',
  ],
  ['table=restored'],
];

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether a program succeeds; what it says is shown when it does not. */
function succeeds(command: string, ...args: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) console.error(stdout + stderr);
  return status === 0;
}

function isClean(settings: readonly string[], app = 'infra/app.ts'): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-synth-'));
  const context = settings.flatMap(setting => ['-c', setting]);
  try {
    return (
      succeeds(
        'node_modules/.bin/cdk',
        'synth',
        '--app',
        `node ${app}`,
        '--quiet',
        '--output',
        folder,
        ...context,
      ) && succeeds('cfn-lint', '--', join(folder, 'sluice.template.json'))
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (spawnSync('cfn-lint', ['--version']).error) {
  console.error('cfn-lint is not installed: pip install cfn-lint');
  process.exitCode = 1;
} else if (
  SETTINGS.every(settings => isClean(settings)) &&
  isClean(['configuration=test/acceptance/worker-queues.json'], 'test/acceptance/worker-app.ts')
)
  console.log('cfn-lint finds nothing');
else process.exitCode = 1;
