import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openOnAws } from './e2e/deployed.ts';
import { openEmbedded } from './e2e/embedded.ts';
import { openOnLocalStack, openOnMiniStack } from './e2e/emulated.ts';
import type { Home } from './e2e/home.ts';

/**
 * Runs the acceptance suite, the same for each, against a home of Sluice: `--target`
 *
 * | target | |
 * |---|---|
 * | `embedded` | a server on this machine, started for it |
 * | `localstack` | a stack that is deployed to the LocalStack at AWS_ENDPOINT_URL, and destroyed |
 * | `ministack` | the same on a MiniStack that is started for it |
 * | `aws` | a stack that stands on AWS: `--outputs FILE` of its deployment, `--stack NAME` unless it is `sluice` |
 *
 * `--seed N` chooses the faults of the tests that have some; 1 if absent. Whatever else is given is vitest's.
 */
const VITEST = fileURLToPath(new URL('../node_modules/.bin/vitest', import.meta.url));

const args = process.argv.slice(2);
const target = taken('target') ?? 'embedded';
const outputs = taken('outputs');
const stack = taken('stack') ?? 'sluice';
const seed = Number(taken('seed') ?? 1);

const TARGETS: Readonly<Record<string, () => Promise<Home>>> = {
  embedded: openEmbedded,
  localstack: openOnLocalStack,
  ministack: openOnMiniStack,
  aws: () => openOnAws(outputs, stack),
};

const open = TARGETS[target];
if (!open) fail(`--target ${target}: there is ${Object.keys(TARGETS).join(', ')}`);
// Ctrl-C ends the suite; what was started for it is still put away.
process.on('SIGINT', () => {});
const home = await open().catch((error: Error) => fail(error.message));
try {
  process.exitCode = await runSuite(home);
} finally {
  await home.close();
}

function taken(name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

function fail(sentence: string): never {
  console.error(`e2e: ${sentence}`);
  process.exit(2);
}

async function runSuite({ environment, close: _, ...home }: Home): Promise<number> {
  const child = spawn(VITEST, ['run', '--config', 'test/acceptance/vitest.config.ts', ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...environment, SLUICE_E2E: JSON.stringify({ ...home, seed }) },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
