import { GetBucketTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../dispatch/ports.ts';
import { GOES_WITH_STACK } from './bucket-tag.ts';
import { isNamed, reach } from './reach.ts';
import { removeObjects } from './remove-objects.ts';
import { removeQueues } from './remove-queues.ts';

export interface StackContents {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly bucket: string;
  readonly queuePrefix: string;
  readonly clock: Clock;
}

/**
 * Removes what CloudFormation knows nothing of and what keeps a bucket from being deleted: lane queues, manifests and
 * outputs. Leaves everything as it is when the bucket does not bear the tag: it is then kept, and only the resource
 * that would have emptied it is gone.
 */
export async function removeContents(contents: StackContents): Promise<void> {
  const { s3, sqs, bucket, queuePrefix, clock } = contents;
  if (!(await goesWithStack(contents))) return;
  await removeQueues(sqs, queuePrefix);
  await removeObjects({ client: s3, bucket, clock }, '');
}

async function goesWithStack({ s3, bucket }: StackContents): Promise<boolean> {
  try {
    const { TagSet = [] } = await reach(
      `bucket ${bucket}`,
      s3.send(new GetBucketTaggingCommand({ Bucket: bucket })),
    );
    return TagSet.some(({ Key }) => Key === GOES_WITH_STACK);
  } catch (error) {
    if (isNamed(error, 'NoSuchTagSet', 'NoSuchBucket')) return false;
    throw error;
  }
}
