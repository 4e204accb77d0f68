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

/** The outputs of infra/stack.ts. */
export const Outputs = z.object({
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

interface Deployment {
  readonly stack: string;
  readonly endpoint?: string;
  /** Further settings of infra/stack.ts, such as `replicas`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A module that is another app than that of cdk.json. */
  readonly app?: string;
}

/** What every AWS tool needs to know to speak to an emulator. */
export function localEnvironment(endpoint: string = LOCAL.endpoint): Record<string, string> {
  const { region, credentials } = LOCAL;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** Prepares the emulator for CDK and deploys; answers the stack's outputs. */
export async function deployLocally(deployment: Deployment): Promise<Outputs> {
  const { endpoint, stack } = deployment;
  await cdklocal(endpoint, 'bootstrap');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-deploy-'));
  try {
    const file = join(folder, 'outputs.json');
    await cdklocal(
      endpoint,
      ...['deploy', '--require-approval', 'never', '--outputs-file', file, ...contextOf(deployment)],
    );
    return await readOutputs(file, stack);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What `cdk deploy --outputs-file` wrote of a stack. */
export async function readOutputs(file: string, stack: string): Promise<Outputs> {
  const deployed: unknown = JSON.parse(await readFile(file, 'utf8'));
  const found = z.record(z.string(), z.unknown()).parse(deployed)[stack];
  if (!found) throw new Error(`${file} says nothing of the stack ${stack}`);
  return Outputs.parse(found);
}

/** Removes the stack with all it keeps. */
export async function destroyLocally(deployment: Deployment): Promise<void> {
  await cdklocal(deployment.endpoint, 'destroy', '--force', ...contextOf(deployment));
}

function contextOf({ stack, settings, app }: Deployment): string[] {
  const context = { stack, keep: 'false', admins: LOCAL_USER, unnamedCaller: LOCAL_USER, ...settings };
  return [
    ...(app === undefined ? [] : ['--app', `node ${app}`]),
    ...Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Runs cdklocal; what it prints is shown when it fails. */
async function cdklocal(endpoint: string | undefined, ...args: string[]): Promise<void> {
  // A folder of its own for what is synthesised: two may run at once.
  const output = await mkdtemp(join(tmpdir(), 'sluice-cdk-'));
  try {
    await run([...args, '--output', output], localEnvironment(endpoint));
  } finally {
    await rm(output, { recursive: true });
  }
}

async function run(args: readonly string[], environment: Record<string, string>): Promise<void> {
  const child = spawn(CDKLOCAL, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      ...environment,
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
