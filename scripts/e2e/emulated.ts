import { randomBytes } from 'node:crypto';
import { deployLocally, destroyLocally, LOCAL, localEnvironment } from '../local-stack.ts';
import { type Home, placesOf } from './home.ts';
import { startMiniStack } from './ministack.ts';

/** The same stack, with a function that runs tasks of a queue that it declares. */
const WORKER_APP = {
  app: 'test/acceptance/worker-app.ts',
  settings: { configuration: 'test/acceptance/worker-queues.json' },
};

/** A stack of its own on the LocalStack at AWS_ENDPOINT_URL. */
export async function openOnLocalStack(): Promise<Home> {
  const { endpoint } = LOCAL;
  const health = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
  if (!health?.ok)
    throw new Error(`no LocalStack answers at ${endpoint}: npm run local:up, or set AWS_ENDPOINT_URL`);
  const home = await openAt(endpoint, WORKER_APP);
  return { ...home, also: [...home.also, 'faults', 'faults-inside', 'task-worker'] };
}

/** A stack on a MiniStack that is started for it, at a free port. */
export async function openOnMiniStack(): Promise<Home> {
  const { endpoint, stop } = await startMiniStack();
  try {
    const home = await openAt(endpoint);
    return {
      ...home,
      also: ['functions', 'signatures'],
      async close() {
        await home.close().finally(stop);
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

/** `other`: another app than that of cdk.json, and its settings. */
async function openAt(endpoint: string, other: Partial<typeof WORKER_APP> = {}): Promise<Home> {
  const stack = `sluice-e2e-${randomBytes(4).toString('hex')}`;
  const deployment = { stack, endpoint, ...other };
  const outputs = await deployLocally(deployment);
  return {
    ...placesOf(outputs),
    queuePrefix: `sluice-${stack}-`,
    also: ['functions', 'removal', 'scenario', 'outbound'],
    environment: localEnvironment(endpoint),
    close: () => destroyLocally(deployment),
  };
}
