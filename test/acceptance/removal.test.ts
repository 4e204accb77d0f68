import { randomBytes } from 'node:crypto';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { deployLocally, destroyLocally, LOCAL } from '../../scripts/local-stack.ts';
import { files } from '../functions/support.ts';
import { asCloudFormation } from './as-cloud-formation.ts';

const s3 = new S3Client({ ...LOCAL, forcePathStyle: true });
const sqs = new SQSClient(LOCAL);

/**
 * What CloudFormation does before it deletes the bucket: it has the function of the custom resource remove the
 * contents.
 */
const deleteContents = (stack: string) =>
  asCloudFormation(stack, 'when the stack is deleted', { RequestType: 'Delete' });

test('a deployment that keeps nothing is deleted with its files and the queues that it made', {
  timeout: 5 * 60_000,
}, async () => {
  const stack = `sluice-gone-${randomBytes(4).toString('hex')}`;
  const { Bucket, Table, Url } = await deployLocally({ stack });
  const client = connect({ server: Url });
  const left = async () => ({
    queues: (await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `sluice-${stack}-` }))).QueueUrls,
    objects: (await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount,
  });
  await client.createProject({ files: files(3) });
  const { upload } = await client.createProject({ virtual: true, manifest: { format: 'lines' } });
  expect((await fetch(upload?.url ?? '', { method: 'PUT', body: 'x\n' })).status).toBe(200);
  // The manifest, and the names and the index of the other project.
  expect(await left()).toEqual({ queues: [expect.any(String)], objects: 3 });

  expect(await deleteContents(stack)).toMatchObject({ Status: 'SUCCESS' });
  expect(await left()).toEqual({ queues: undefined, objects: 0 });
  await destroyLocally({ stack });

  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  const describe = new DescribeTableCommand({ TableName: Table });
  await expect(new DynamoDBClient(LOCAL).send(describe)).rejects.toThrow(/not found|non-existent/);
});
