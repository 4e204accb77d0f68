import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where the emulator is, and with what one speaks to it: any credentials will do. */
export const LOCAL = {
  endpoint: process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566',
  region: process.env.AWS_REGION ?? 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;

/** Who calls the function URL: the emulator does not say. */
const LOCAL_USER = 'local';
const CDKLOCAL = fileURLToPath(new URL('../node_modules/.bin/cdklocal', import.meta.url));

/** The outputs of infra/app.ts. */
const Outputs = z.object({
  Url: z.string(),
  Table: z.string(),
  Bucket: z.string(),
  apiFunction: z.string(),
  reserveFunction: z.string(),
  advanceFunction: z.string(),
  doneFunction: z.string(),
  jobFunction: z.string(),
  sweepFunction: z.string(),
});
export type Outputs = z.infer<typeof Outputs>;

/** Prepares the emulator for CDK and deploys; answers the stack's outputs. */
export async function deployLocally(stack: string): Promise<Outputs> {
  await cdklocal('bootstrap', '--quiet');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-deploy-'));
  try {
    const outputs = join(folder, 'outputs.json');
    await cdklocal('deploy', '--require-approval', 'never', '--outputs-file', outputs, ...settings(stack));
    const deployed: unknown = JSON.parse(await readFile(outputs, 'utf8'));
    const found = z.record(z.string(), Outputs).parse(deployed)[stack];
    if (!found) throw new Error(`cdklocal says nothing of ${stack}`);
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Removes the stack with all it keeps. */
export async function destroyLocally(stack: string): Promise<void> {
  await cdklocal('destroy', '--force', ...settings(stack));
}

function settings(stack: string): string[] {
  const context = { stack, keep: 'false', admins: LOCAL_USER, unnamedCaller: LOCAL_USER };
  return Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Runs cdklocal; what it prints is shown when it fails. */
async function cdklocal(...args: string[]): Promise<void> {
  const { endpoint, region, credentials } = LOCAL;
  const child = spawn(CDKLOCAL, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      // Without it cdklocal takes no notice of the region.
      AWS_ENVAR_ALLOWLIST: 'AWS_REGION,AWS_DEFAULT_REGION',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => said.push(text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const status = await promise;
  if (status !== 0) throw new Error(`cdklocal ${args[0]} failed (${status}):\n${said.join('')}`);
}
