import { expect, test } from 'vitest';
import { ENVIRONMENT } from '../../functions/environment.ts';
import { verbFunction } from '../../functions/lambda/verb-function.ts';
import { verbs } from '../../functions/verbs.ts';
import { awsContext } from '../../functions/wiring.ts';
import { buckets } from './support/bucket.ts';
import { CREDENTIALS, ENDPOINT, REGION } from './support/endpoint.ts';
import { queuePrefixes } from './support/queues.ts';
import { Reserved } from './support/reserved.ts';
import { tables } from './support/table.ts';

const [newTable, newBucket, newPrefix] = [tables(), buckets(), queuePrefixes()];

test('a process that is told table, bucket and queues takes a project through its life', async () => {
  expect(() => awsContext()).toThrow(`the environment variable ${ENVIRONMENT.table} is not set`);
  const bucket = await newBucket();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: ENDPOINT,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    [ENVIRONMENT.table]: await newTable(),
    [ENVIRONMENT.bucket]: bucket,
    [ENVIRONMENT.signerRole]: 'arn:aws:iam::000000000000:role/signer',
    [ENVIRONMENT.queuePrefix]: newPrefix(),
  });
  const api = verbFunction(verbs, awsContext, () => ({ admins: new Set() }));
  const files = [1, 2, 3].map(n => ({ name: `f${n}`, replicas: [{ url: `s3://${bucket}/data/${n}` }] }));

  await api({ verb: 'createProject', files });
  const { reservations } = Reserved.parse(
    await api({ verb: 'reserve', project: 1, worker: 'w', requestId: 'r', count: 3 }),
  );
  const tokens = reservations.map(({ token }) => token);
  expect(reservations[0]?.replicas[0]?.url).toContain('X-Amz-Security-Token=');
  await api({ verb: 'done', project: 1, done: tokens.map(token => ({ token })) });

  expect(await api({ verb: 'showProject', project: 1 })).toMatchObject({ state: 'done' });
  expect(awsContext()).toBe(awsContext());
});
