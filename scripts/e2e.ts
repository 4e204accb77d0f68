import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs the acceptance suite against a home of Sluice: `--target localstack`. Whatever else is given is vitest's. */
const TARGETS = ['localstack'];

const args = process.argv.slice(2);
const at = args.indexOf('--target');
const [, target = 'localstack'] = at < 0 ? [] : args.splice(at, 2);
if (!TARGETS.includes(target)) {
  console.error(`--target ${target}: there is ${TARGETS.join(', ')}`);
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../node_modules/.bin/vitest', import.meta.url));
const { status } = spawnSync(vitest, ['run', '--config', 'test/aws-e2e/vitest.config.ts', ...args], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
});
process.exit(status ?? 1);
