import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { newName, s3In } from './clients.ts';
import { REGION } from './endpoint.ts';

/** Makes empty buckets in a region, and deletes them when the file's tests are over. */
export function buckets(): (region?: string) => Promise<string> {
  const made: { name: string; region: string }[] = [];
  afterAll(async () => {
    for (const { name, region } of made) await deleteBucket(name, region);
  });
  return async (region = REGION) => {
    const name = newName();
    const CreateBucketConfiguration =
      region === 'us-west-2'
        ? { LocationConstraint: 'us-west-2' as const }
        : { LocationConstraint: 'eu-central-1' as const };
    await s3In(region).send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
    made.push({ name, region });
    return name;
  };
}

async function deleteBucket(Bucket: string, region: string): Promise<void> {
  const client = s3In(region);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  const Objects = Contents.map(({ Key }) => ({ Key }));
  if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await client.send(new DeleteBucketCommand({ Bucket }));
}
