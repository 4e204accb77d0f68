import { DeleteObjectsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../dispatch/ports.ts';
import { reach } from './reach.ts';
import { retryRest } from './retry-rest.ts';

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly clock: Clock;
}

/** Removes every object whose key begins with the prefix; of an empty prefix all that the bucket has. */
export async function removeObjects(place: Place, prefix: string): Promise<void> {
  const { client, bucket } = place;
  let next: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next });
    const page = await reach(`bucket ${bucket}`, client.send(command));
    const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
    if (keys.length > 0) await removeKeys(place, keys);
    next = page.NextContinuationToken;
  } while (next !== undefined);
}

async function removeKeys({ client, bucket, clock }: Place, keys: readonly string[]): Promise<void> {
  const what = `bucket ${bucket}`;
  await retryRest(clock, `removing files of ${what}`, keys, async rest => {
    const Delete = { Objects: rest.map(Key => ({ Key })), Quiet: true };
    const { Errors = [] } = await reach(
      what,
      client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete })),
    );
    const refused = Errors.find(({ Code }) => Code === 'AccessDenied');
    if (refused) throw new Error(`${what} lets nobody remove ${refused.Key}: ${refused.Message}`);
    return Errors.flatMap(({ Key }) => Key ?? []);
  });
}
