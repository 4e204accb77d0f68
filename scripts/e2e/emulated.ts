import { randomBytes } from 'node:crypto';
import { deployLocally, destroyLocally, LOCAL, localEnvironment } from '../local-stack.ts';
import { type Home, placesOf } from './home.ts';
import { startMiniStack } from './ministack.ts';

/** A stack of its own on the LocalStack at AWS_ENDPOINT_URL. */
export async function openOnLocalStack(): Promise<Home> {
  const { endpoint } = LOCAL;
  const health = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
  if (!health?.ok)
    throw new Error(`no LocalStack answers at ${endpoint}: npm run local:up, or set AWS_ENDPOINT_URL`);
  const home = await openAt(endpoint);
  return { ...home, also: [...home.also, 'faults', 'faults-inside'] };
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

async function openAt(endpoint: string): Promise<Home> {
  const stack = `sluice-e2e-${randomBytes(4).toString('hex')}`;
  const outputs = await deployLocally({ stack, endpoint });
  return {
    ...placesOf(outputs),
    also: ['functions', 'removal', 'scenario', 'outbound'],
    environment: localEnvironment(endpoint),
    close: () => destroyLocally({ stack, endpoint }),
  };
}
