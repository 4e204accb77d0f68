import { type Clock, PortUnavailable } from '../dispatch/ports.ts';
import type { S3Object } from './s3-url.ts';
import { presign, type SigningCredentials } from './sigv4-presign.ts';

/** Whose permission URLs bear. */
export interface UrlCredentials {
  /** To be awaited before URLs are signed. */
  prepare(): Promise<void>;
  current(): SigningCredentials;
}

export interface UrlSignerOptions {
  readonly credentials: UrlCredentials;
  readonly clock: Clock;
  /** Where S3 is, when it is not at AWS; buckets are then named in the path. */
  readonly endpoint?: string | undefined;
}

/** Signs URLs of objects; once prepared it asks nobody. */
export interface UrlSigner {
  /** To be awaited before URLs are signed. Fails with `PortUnavailable`. */
  prepare(): Promise<void>;
  /** Until when (ms since 1970) a URL lasts that should last until `wanted`: the credentials, or a week, may end it. */
  lastsUntil(wanted: number): number;
  /** A URL that lasts until `lastsUntil(wanted)`. Fails with `PortUnavailable` without credentials. */
  sign(method: 'GET' | 'PUT', object: S3Object, region: string, wanted: number): string;
}

/** The longest S3 lets a URL last. */
const MAX_SECONDS = 7 * 86_400;

export function urlSigner({ credentials, clock, endpoint }: UrlSignerOptions): UrlSigner {
  /** S3 counts from the whole second that the URL names. */
  const second = () => Math.floor(clock.now() / 1000) * 1000;

  function end(
    signedAt: number,
    { expiresAt = Number.POSITIVE_INFINITY }: SigningCredentials,
    wanted: number,
  ) {
    if (expiresAt <= signedAt) throw new PortUnavailable('the credentials to sign URLs with have expired');
    return Math.min(wanted, expiresAt, signedAt + MAX_SECONDS * 1000);
  }

  return {
    prepare: () => credentials.prepare(),
    lastsUntil: wanted => end(second(), credentials.current(), wanted),
    sign(method, object, region, wanted) {
      const signedAt = second();
      const signing = credentials.current();
      const lastsSeconds = Math.max(1, Math.ceil((end(signedAt, signing, wanted) - signedAt) / 1000));
      return presign(
        { method, ...placeOf(object, region, endpoint), region, signedAt, lastsSeconds },
        signing,
      );
    },
  };
}

function placeOf({ bucket, key }: S3Object, region: string, endpoint: string | undefined) {
  if (endpoint !== undefined) return { origin: endpoint.replace(/\/+$/, ''), path: `/${bucket}/${key}` };
  // The certificate of S3 covers one label before the region.
  return bucket.includes('.')
    ? { origin: `https://s3.${region}.amazonaws.com`, path: `/${bucket}/${key}` }
    : { origin: `https://${bucket}.s3.${region}.amazonaws.com`, path: `/${key}` };
}
