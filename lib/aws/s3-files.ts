import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Clock, type Files, PortUnavailable } from '../dispatch/ports.ts';
import { BucketRegions } from './bucket-regions.ts';
import { isNamed, reach } from './reach.ts';
import { retryRest } from './retry-rest.ts';
import { isS3Url, parseS3Url } from './s3-url.ts';
import type { UrlSigner } from './url-signer.ts';

export interface S3FilesOptions {
  readonly client: S3Client;
  /** Sluice's own bucket: manifests and outputs. */
  readonly bucket: string;
  /** Its region. */
  readonly region: string;
  readonly signer: UrlSigner;
  readonly clock: Clock;
}

/** `Files` in a bucket of S3. Replicas at `s3://bucket/key` are handed out signed, for whatever region they are in. */
export function s3Files({ client, bucket, region, signer, clock }: S3FilesOptions): Files {
  const regions = new BucketRegions(client, region, bucket);
  const what = `bucket ${bucket}`;
  const placeOf = (key: string) => ({ Bucket: bucket, Key: checked(key) });

  async function removeAll(keys: readonly string[]): Promise<void> {
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

  async function removeBelow(prefix: string): Promise<void> {
    let next: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next });
      const page = await reach(what, client.send(command));
      const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      if (keys.length > 0) await removeAll(keys);
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  return {
    faultOf(url) {
      if (/^file:/i.test(url))
        return `${url} is on a machine that workers may not reach; name an s3: or https: copy`;
      const found = isS3Url(url) ? parseS3Url(url) : undefined;
      return found && 'fault' in found ? found.fault : undefined;
    },
    async prepare(replicas) {
      const objects = replicas.filter(isS3Url).map(parseS3Url);
      const buckets = objects.flatMap(object => ('fault' in object ? [] : object.bucket));
      await Promise.all([regions.learn(buckets), signer.prepare()]);
    },
    urlsWorkUntil: wanted => signer.lastsUntil(wanted),
    replicaUrl(url, expiresAt) {
      const object = isS3Url(url) ? parseS3Url(url) : undefined;
      if (!object || 'fault' in object) return url;
      return signer.sign('GET', object, regions.of(object.bucket), expiresAt);
    },
    downloadUrl: (key, expiresAt) => signer.sign('GET', { bucket, key: checked(key) }, region, expiresAt),
    uploadUrl: (key, expiresAt) => signer.sign('PUT', { bucket, key: checked(key) }, region, expiresAt),
    async open(key) {
      try {
        const { Body } = await reach(what, client.send(new GetObjectCommand(placeOf(key))));
        return Body && chunksOf(Body.transformToWebStream(), what);
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    async exists(key) {
      try {
        await reach(what, client.send(new HeadObjectCommand(placeOf(key))));
        return true;
      } catch (error) {
        if (isNamed(error, 'NotFound', 'NoSuchKey')) return false;
        throw error;
      }
    },
    async remove(key) {
      if (key.endsWith('/')) await removeBelow(`${checked(key.slice(0, -1))}/`);
      else await reach(what, client.send(new DeleteObjectCommand(placeOf(key))));
    },
  };
}

/** A body that breaks off can be read again later. */
async function* chunksOf(body: ReadableStream<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (cause) {
    throw new PortUnavailable(`${what}: reading broke off`, { cause });
  }
}

/** Nothing that would be another key once a URL is made of it. */
function checked(key: string): string {
  if (key.split('/').some(name => name === '' || name === '.' || name === '..'))
    throw new Error(`"${key}" is not a key`);
  return key;
}
