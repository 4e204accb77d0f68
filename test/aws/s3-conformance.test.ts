import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { s3Files } from '../../lib/aws/s3-files.ts';
import { urlSigner } from '../../lib/aws/url-signer.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { describeFiles } from '../conformance/files.ts';
import { buckets } from './support/bucket.ts';
import { s3 } from './support/clients.ts';
import { CREDENTIALS, ENDPOINT, REGION } from './support/endpoint.ts';
import { fixed } from './support/fixed-credentials.ts';

const newBucket = buckets();

describeFiles('S3', async () => {
  const [bucket, data] = [await newBucket(), await newBucket()];
  const signer = urlSigner({ credentials: fixed(CREDENTIALS), clock: systemClock, endpoint: ENDPOINT });
  return {
    files: s3Files({ client: s3, bucket, region: REGION, signer, clock: systemClock }),
    now: Date.now,
    advance: (millis: number) => sleep(millis),
    async makeReplica(name, bytes) {
      await s3.send(new PutObjectCommand({ Bucket: data, Key: name, Body: bytes }));
      return `s3://${data}/${encodeURIComponent(name)}`;
    },
    forbiddenReplica: 'file:///etc/passwd',
  };
});
