import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { deployLocally, destroyLocally, LOCAL } from '../../scripts/local-stack.ts';
import { files } from '../functions/support.ts';

const s3 = new S3Client({ ...LOCAL, forcePathStyle: true });
const sqs = new SQSClient(LOCAL);
const lambda = new LambdaClient(LOCAL);

/**
 * What CloudFormation does before it deletes the bucket: it has the function of the custom resource remove the
 * contents, and waits for its answer. The emulator knows no custom resources.
 */
async function deleteContents(stack: string): Promise<unknown> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 100 }));
  const found = Functions.find(
    ({ FunctionName = '', Description = '' }) =>
      FunctionName.startsWith(stack) && Description.includes('when the stack is deleted'),
  );
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const answered = answerTo(server);
  const event = {
    RequestType: 'Delete',
    ResponseURL: `http://127.0.0.1:${portOf(server)}/`,
    StackId: stack,
    RequestId: 'request',
    LogicalResourceId: 'Contents',
  };
  await lambda.send(new InvokeCommand({ FunctionName: found?.FunctionName, Payload: JSON.stringify(event) }));
  return answered;
}

async function answerTo(server: Server): Promise<unknown> {
  const [request, response] = await once(server, 'request');
  const answer = await json(request);
  response.end();
  return answer;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

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
