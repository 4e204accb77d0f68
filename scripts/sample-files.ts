import { parseArgs } from 'node:util';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/**
 * Makes small files in buckets of S3 to try Sluice with, each file in each bucket, and prints their manifest:
 * `--bucket NAME:REGION:SITE`, several times, `--files N`. With `--remove` it removes them again.
 */
const { values } = parseArgs({
  options: {
    bucket: { type: 'string', multiple: true, default: [] },
    files: { type: 'string', default: '500' },
    remove: { type: 'boolean', default: false },
  },
});
const AT_ONCE = 16;
const names = Array.from({ length: Number(values.files) }, (_, n) => `f${String(n).padStart(4, '0')}`);
const contentOf = (name: string) => `what was measured in ${name}\n`;
const places = values.bucket.map(text => {
  const [bucket = '', region = '', site = ''] = text.split(':');
  return { bucket, site, s3: s3In(region), region };
});

for (const place of places) await (values.remove ? removeFrom(place) : fill(place));
if (!values.remove)
  for (const name of names) {
    const replicas = places.map(({ bucket, site }) => ({ url: `s3://${bucket}/${name}`, site }));
    console.log(JSON.stringify({ did: `raw:${name}`, size: contentOf(name).length, replicas }));
  }

type Place = (typeof places)[number];

function s3In(region: string): S3Client {
  return new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
}

async function fill({ s3, bucket, region }: Place): Promise<void> {
  // The oldest region is the one that has no name here.
  const place = region as BucketLocationConstraint;
  const elsewhere = region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: place } };
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ...elsewhere }));
  await each(Key => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: contentOf(Key) })));
}

async function removeFrom({ s3, bucket }: Place): Promise<void> {
  await each(Key => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
}

async function each(work: (name: string) => Promise<unknown>): Promise<void> {
  const left = names.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const name of left) await work(name);
    }),
  );
}
