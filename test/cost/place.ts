import { createHash, randomBytes } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { ENVIRONMENT } from '../../functions/environment.ts';
import { awsClients } from '../../functions/wiring.ts';
import type { FileSpec } from '../../lib/contract/words.ts';
import { LOCAL } from '../../scripts/local-stack.ts';
import { makeTable } from '../aws/support/make-table.ts';

/** A table, a bucket and names of queues that nobody else has, on the emulator. */
export interface Place {
  readonly environment: NodeJS.ProcessEnv;
  readonly table: string;
  readonly prefix: string;
  /** Files as they come from a detector, each with a copy in the bucket. */
  filesOf(count: number): FileSpec[];
  remove(): Promise<void>;
}

export async function newPlace(): Promise<Place> {
  const name = `sluice-cost-${randomBytes(5).toString('hex')}`;
  const environment = {
    AWS_ENDPOINT_URL: LOCAL.endpoint,
    AWS_REGION: LOCAL.region,
    AWS_ACCESS_KEY_ID: LOCAL.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL.credentials.secretAccessKey,
    [ENVIRONMENT.table]: name,
    [ENVIRONMENT.bucket]: name,
    [ENVIRONMENT.signerRole]: 'arn:aws:iam::000000000000:role/signer',
    [ENVIRONMENT.queuePrefix]: `${name}-`,
  };
  // The clients of AWS read it themselves.
  Object.assign(process.env, environment);
  const clients = awsClients(environment);
  const { dynamo, s3, sqs } = clients;
  await makeTable(name);
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    }),
  );
  return {
    environment,
    table: name,
    prefix: `${name}-`,
    filesOf: count => filesIn(name, count),
    async remove() {
      await dynamo.send(new DeleteTableCommand({ TableName: name }));
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects } }));
      await s3.send(new DeleteBucketCommand({ Bucket: name }));
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: name }));
      for (const QueueUrl of QueueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** Numbered, with something random in their names, and of any size. */
function filesIn(bucket: string, count: number): FileSpec[] {
  return Array.from({ length: count }, (_, n) => {
    const random = createHash('sha256').update(String(n)).digest();
    const name = `raw_${String(n).padStart(8, '0')}_${random.toString('hex', 0, 6)}.root`;
    const size = 2_000_000_000 + random.readUInt32LE(8);
    return { namespace: 'run5843', name, size, replicas: [{ url: `s3://${bucket}/data/run5843/${name}` }] };
  });
}
