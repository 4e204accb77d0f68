import { ListObjectsV2Command, PutBucketTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { GOES_WITH_STACK } from '../../lib/aws/bucket-tag.ts';
import { sqsTickets } from '../../lib/aws/sqs-tickets.ts';
import { removeContents } from '../../lib/aws/stack-contents.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { buckets } from './support/bucket.ts';
import { s3, sqs } from './support/clients.ts';
import { queuePrefixes } from './support/queues.ts';

const [newBucket, newPrefix] = [buckets(), queuePrefixes()];

/** A bucket with a few objects and two queues, and what is left of them. */
async function setup(tags: readonly string[]) {
  const [bucket, queuePrefix] = [await newBucket(), newPrefix()];
  const tickets = sqsTickets({ client: sqs, prefix: queuePrefix, clock: systemClock });
  for (const Key of ['manifests/1', 'outputs/1/0/0/1', 'elsewhere'])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
  for (const lane of ['1-a', '1-b']) await tickets.send(lane, [{ block: 0, generation: 0, visibleAt: 0 }]);
  const TagSet = tags.map(Key => ({ Key, Value: 'yes' }));
  if (TagSet.length > 0) await s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }));
  return {
    contents: { s3, sqs, bucket, queuePrefix, clock: systemClock },
    async left() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: queuePrefix }));
      return { objects: Contents.length, queues: QueueUrls.length };
    },
  };
}

test('of a stack that keeps nothing all objects and queues are removed, and none of another', async () => {
  const [goes, stays] = [await setup([GOES_WITH_STACK]), await setup([GOES_WITH_STACK])];

  await removeContents(goes.contents);

  expect(await goes.left()).toEqual({ objects: 0, queues: 0 });
  expect(await stays.left()).toEqual({ objects: 3, queues: 2 });
  await removeContents(goes.contents);
});

test.each([[['other']], [[]]])('a bucket that does not bear the tag keeps everything: %s', async tags => {
  const { contents, left } = await setup(tags);

  await removeContents(contents);

  expect(await left()).toEqual({ objects: 3, queues: 2 });
});
