import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { awsRefusal, twofoldDeliveries } from '../support/faults/aws.ts';
import { trouble } from '../support/faults/mishaps.ts';
import { startProxy } from '../support/faults/proxy.ts';
import { seededRandom } from '../support/memory/random.ts';
import { addresses, clientAt, functions } from './home.ts';
import { home } from './home-under-test.ts';
import { aProjectThroughFaults, PATIENCE, tasksThroughFaults } from './through-faults.ts';

/** Each attempt of the SDK counts for itself, and it makes some. */
const SHARE = 0.1;
const SWEEP_MILLIS = 5_000;
const ACTIVE_SECONDS = 60;

const lambda = new LambdaClient();

/** A function like one of the home's, but for where it finds AWS; deleted in the end. */
async function likeness(name: string, endpoint: string): Promise<AsyncDisposable & { name: string }> {
  const { Configuration = {}, Code } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
  const { Role, Handler, Runtime, Timeout, MemorySize, Environment } = Configuration;
  const code = await fetch(Code?.Location ?? '');
  const copy = `troubled-${crypto.randomUUID()}`;
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: copy, Role, Handler, Runtime, Timeout, MemorySize },
      Environment: { Variables: { ...Environment?.Variables, AWS_ENDPOINT_URL: endpoint } },
      Code: { ZipFile: await code.bytes() },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: ACTIVE_SECONDS }, { FunctionName: copy });
  return {
    name: copy,
    async [Symbol.asyncDispose]() {
      await lambda.send(new DeleteFunctionCommand({ FunctionName: copy }));
    },
  };
}

test(
  'files and tasks end once and as counted, whatever befalls what functions ask of AWS',
  PATIENCE,
  async ({ skip }) => {
    const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
    const [[, server = ''] = []] = addresses.slice(-1);
    const troubles = trouble({ seed: home.seed, share: SHARE, refusal: awsRefusal });
    const deliveries = twofoldDeliveries(troubles.meddle, seededRandom(home.seed), SHARE);
    let isReached = false;
    await using proxy = await startProxy(endpoint, (asked, pass) => {
      isReached = true;
      return deliveries.meddle(asked, pass);
    });
    await using api = await likeness(server.replace('lambda://', ''), proxy.url);
    const callers = { calm: clientAt(server), troubled: clientAt(`lambda://${api.name}`) };
    await callers.troubled.listQueues({}).catch(() => {});
    skip(!isReached, 'functions that run in Docker do not see what listens on this machine');
    await using sweep = await likeness(functions.sweep ?? '', proxy.url);
    const sweeping = setInterval(
      () => lambda.send(new InvokeCommand({ FunctionName: sweep.name, Payload: '{}' })).catch(() => {}),
      SWEEP_MILLIS,
    );

    await Promise.all([aProjectThroughFaults(callers), tasksThroughFaults(callers)]).finally(() =>
      clearInterval(sweeping),
    );

    expect(Object.entries(troubles.counts).filter(([, count]) => count === 0)).toEqual([]);
    expect(deliveries.count).toBeGreaterThan(0);
  },
);
