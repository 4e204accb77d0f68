import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Runs the acceptance suite against a home of Sluice: `--target localstack`. */
const TARGETS = ['localstack'];

const { values } = parseArgs({ options: { target: { type: 'string', default: 'localstack' } } });
if (!TARGETS.includes(values.target)) {
  console.error(`--target ${values.target}: there is ${TARGETS.join(', ')}`);
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../node_modules/.bin/vitest', import.meta.url));
const { status } = spawnSync(vitest, ['run', '--config', 'test/aws-e2e/vitest.config.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
});
process.exit(status ?? 1);
