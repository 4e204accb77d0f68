import { type Clock, PortUnavailable } from '../dispatch/ports.ts';
import type { S3Object } from './s3-url.ts';
import { presign, type SigningCredentials } from './sigv4-presign.ts';

export interface UrlSignerOptions {
  readonly credentials: () => SigningCredentials;
  readonly clock: Clock;
  /** Where S3 is, when it is not at AWS; buckets are then named in the path. */
  readonly endpoint?: string | undefined;
}

/** A URL good until `expiresAt` (ms since 1970), but no longer than the credentials, nor than a week. */
export type UrlSigner = (
  method: 'GET' | 'PUT',
  object: S3Object,
  region: string,
  expiresAt: number,
) => string;

/** The longest S3 lets a URL last. */
const MAX_SECONDS = 7 * 86_400;

/** Signs URLs of objects, asking nobody. */
export function urlSigner({ credentials, clock, endpoint }: UrlSignerOptions): UrlSigner {
  return (method, object, region, expiresAt) => {
    // S3 counts from the whole second that the URL names.
    const signedAt = Math.floor(clock.now() / 1000) * 1000;
    const signing = credentials();
    const { expiresAt: credentialsEnd = Number.POSITIVE_INFINITY } = signing;
    if (credentialsEnd <= signedAt)
      throw new PortUnavailable('the credentials to sign URLs with have expired');
    const seconds = Math.ceil((Math.min(expiresAt, credentialsEnd) - signedAt) / 1000);
    const lastsSeconds = Math.min(MAX_SECONDS, Math.max(1, seconds));
    return presign({ method, ...placeOf(object, region, endpoint), region, signedAt, lastsSeconds }, signing);
  };
}

function placeOf({ bucket, key }: S3Object, region: string, endpoint: string | undefined) {
  if (endpoint !== undefined) return { origin: endpoint.replace(/\/+$/, ''), path: `/${bucket}/${key}` };
  // The certificate of S3 covers one label before the region.
  return bucket.includes('.')
    ? { origin: `https://s3.${region}.amazonaws.com`, path: `/${bucket}/${key}` }
    : { origin: `https://${bucket}.s3.${region}.amazonaws.com`, path: `/${key}` };
}
