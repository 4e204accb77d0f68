import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Clock, type Files, PortUnavailable } from '../dispatch/ports.ts';
import { BucketRegions } from './bucket-regions.ts';
import { isNamed, reach } from './reach.ts';
import { removeObjects } from './remove-objects.ts';
import { isS3Url, parseS3Url } from './s3-url.ts';
import type { UrlSigner } from './url-signer.ts';

export interface S3FilesOptions {
  readonly client: S3Client;
  /** Sluice's own bucket: manifests, outputs, and the names of files. */
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
    async write(key, bytes) {
      await reach(what, client.send(new PutObjectCommand({ ...placeOf(key), Body: bytes })));
    },
    async remove(key) {
      if (key.endsWith('/')) await removeObjects({ client, bucket, clock }, `${checked(key.slice(0, -1))}/`);
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
