import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/nested-clients/sts';
import { assumeRole } from '../lib/aws/assume-role.ts';
import { dynamoStore } from '../lib/aws/dynamo-store.ts';
import type { EventBusOptions } from '../lib/aws/event-bus.ts';
import { jobStarter } from '../lib/aws/job-starter.ts';
import { AWS_LAYOUT } from '../lib/aws/layout.ts';
import { awsOutbound } from '../lib/aws/outbound.ts';
import { RoleCredentials } from '../lib/aws/role-credentials.ts';
import { s3Files } from '../lib/aws/s3-files.ts';
import { sqsTickets } from '../lib/aws/sqs-tickets.ts';
import type { StackContents } from '../lib/aws/stack-contents.ts';
import { urlSigner } from '../lib/aws/url-signer.ts';
import { type Context, createContext } from '../lib/dispatch/context.ts';
import { posting } from '../lib/embedded/posting.ts';
import { systemClock } from '../lib/embedded/system-clock.ts';
import packageJson from '../package.json' with { type: 'json' };
import { ENVIRONMENT } from './environment.ts';

/** A request that hangs is given up in time to be tried again while somebody still waits. */
const CLIENT = { maxAttempts: 4, requestHandler: { connectionTimeout: 1_000, socketTimeout: 4_000 } };

let connected: Context | undefined;

/** Sluice on AWS as the environment says; made once a process. `maxAttempts`: how often DynamoDB is asked for the same. */
export function awsContext({ maxAttempts = CLIENT.maxAttempts } = {}): Context {
  connected ??= connect(process.env, awsClients(process.env, maxAttempts));
  return connected;
}

/** What a deployment keeps in its bucket and in queues, as the environment says. */
export function awsContents(): StackContents {
  const need = needOf(process.env);
  return {
    s3: s3Client(process.env),
    sqs: sqsClient(),
    bucket: need(ENVIRONMENT.bucket),
    queuePrefix: need(ENVIRONMENT.queuePrefix),
    clock: systemClock,
  };
}

const needOf = (environment: NodeJS.ProcessEnv) => (name: string) => {
  const value = environment[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};

/** The names of buckets are in no DNS where an emulator is. */
const s3Client = ({ AWS_ENDPOINT_URL }: NodeJS.ProcessEnv) =>
  new S3Client({ ...CLIENT, forcePathStyle: AWS_ENDPOINT_URL !== undefined });

/** The URL of a queue names a host that an emulator's callers need not know. */
const sqsClient = () => new SQSClient({ ...CLIENT, useQueueUrlAsEndpoint: false });

/** What speaks to AWS. */
export interface Clients {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly sts: STSClient;
  readonly lambda: LambdaClient;
}

/** `maxAttempts`: how often DynamoDB is asked for the same. */
export function awsClients(environment: NodeJS.ProcessEnv, maxAttempts = CLIENT.maxAttempts): Clients {
  const s3 = s3Client(environment);
  return {
    dynamo: new DynamoDBClient({ ...CLIENT, maxAttempts }),
    sqs: sqsClient(),
    s3,
    // It looks for no credentials of its own.
    sts: new STSClient({ ...CLIENT, credentials: s3.config.credentials }),
    lambda: new LambdaClient(CLIENT),
  };
}

/** The bus that is told of everything, where the environment names one. It looks for no credentials of its own. */
function eventBusIn(environment: NodeJS.ProcessEnv, { config }: S3Client): EventBusOptions | undefined {
  const bus = environment[ENVIRONMENT.eventBus];
  if (!bus) return undefined;
  const { credentials } = config;
  const region = needOf(environment)('AWS_REGION');
  return { bus, region, credentials, endpoint: environment.AWS_ENDPOINT_URL };
}

/** Sluice on AWS, by these clients. */
export function connect(environment: NodeJS.ProcessEnv, clients: Clients): Context {
  const { dynamo, sqs, s3, sts, lambda } = clients;
  const clock = systemClock;
  const need = needOf(environment);
  const warn = (message: string, error: unknown) => console.error(message, error);
  const endpoint = environment.AWS_ENDPOINT_URL;
  const assume = () => assumeRole(sts, need(ENVIRONMENT.signerRole));
  const credentials = new RoleCredentials({ assume, clock, warn });
  // Asked for now, they are there when the first request has found its files; should that fail, it asks again.
  if (environment[ENVIRONMENT.signerRole]) credentials.prepare().catch(() => {});
  const signer = urlSigner({ credentials, clock, endpoint });
  return createContext({
    store: dynamoStore({ client: dynamo, table: need(ENVIRONMENT.table), clock }),
    tickets: sqsTickets({
      client: sqs,
      prefix: need(ENVIRONMENT.queuePrefix),
      clock,
    }),
    files: s3Files({
      client: s3,
      bucket: need(ENVIRONMENT.bucket),
      region: need('AWS_REGION'),
      signer,
      clock,
    }),
    outbound: awsOutbound({
      client: sqs,
      region: need('AWS_REGION'),
      replyQueues: environment[ENVIRONMENT.replyQueues]?.split(',').filter(Boolean) ?? [],
      eventBus: eventBusIn(environment, s3),
    }),
    clock,
    // An emulator's functions run where it does.
    posting: posting({ mayBeLoopback: endpoint !== undefined, settled: async () => {} }),
    startJob: jobStarter({
      client: lambda,
      name: environment[ENVIRONMENT.jobFunction],
      warn,
    }),
    newId: () => crypto.randomUUID().slice(0, 8),
    random: Math.random,
    layout: AWS_LAYOUT,
    version: packageJson.version,
    warn,
  });
}
