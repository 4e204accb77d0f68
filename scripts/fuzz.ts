import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocal } from '../functions/local.ts';
import { narrowed, type Real } from './fuzz/narrowed.ts';
import { stage } from './fuzz/stage.ts';

const VERSION = '4.32.5';
const USAGE = `npm run fuzz -- [options]
  Asks a server on this machine all that its OpenAPI document allows, and much that it does not: no answer may be
  undeclared, or a failure of the server.
  --examples N   requests for each operation and phase (30)
  --seed S       what they are made from (1)
Needs Schemathesis: pip install schemathesis==${VERSION}, and SCHEMATHESIS, the path of its st, where that is not found.`;

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.error(USAGE);
  process.exit(2);
}

const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
];

/** Whoever waits long asks little. */
const PATIENCE: Real = { WaitSeconds: [0, 1] };

const folder = await mkdtemp(join(tmpdir(), 'sluice-fuzz-'));
const warnings: string[] = [];
const warn = (message: string, error: unknown) => {
  // Webhooks that are made here lead nowhere, which is said, and is no fault of the server's.
  if (!message.includes(' webhook:')) warnings.push(`${message}: ${error}`);
};
const sluice = await startLocal({ folder: join(folder, 'home'), port: 0, warn });
try {
  console.log('As the document says:');
  const first = await fuzz(PATIENCE);
  console.log('On projects, files, tasks and reservations that there are:');
  const real = await stage(sluice.url);
  const second = await fuzz({ ...PATIENCE, ...real }, '--exclude-method', 'DELETE');
  for (const warning of warnings) console.error(`the server complained: ${warning}`);
  process.exitCode = first && second && warnings.length === 0 ? 0 : 1;
} finally {
  await sluice.close();
  await rm(folder, { recursive: true });
}

/** Tries all operations of the served document, with `real` values where it has any. Whether nothing was found. */
async function fuzz(real: Real, ...more: string[]): Promise<boolean> {
  const response = await fetch(`${sluice.url}/v1/openapi.json`);
  const document = join(folder, 'openapi.json');
  await writeFile(document, JSON.stringify(narrowed(await response.json(), real)));
  const { SCHEMATHESIS = 'st' } = process.env;
  const made = ['--max-examples', values.examples, '--seed', values.seed, '--checks', CHECKS.join(',')];
  const shown = ['--warnings', 'off', '--continue-on-failure', '--request-timeout', '60'];
  const args = ['run', document, '--url', sluice.url, ...made, ...shown, ...more];
  return new Promise(resolve => {
    const child = spawn(SCHEMATHESIS, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('close', code => resolve(code === 0));
    child.on('error', error => {
      console.error(`Schemathesis does not start: ${error.message}\n\n${USAGE}`);
      resolve(false);
    });
  });
}
