import { type Clock, PortUnavailable } from '../dispatch/ports.ts';
import type { S3Object } from './s3-url.ts';
import { presign, type SigningCredentials } from './sigv4-presign.ts';

export interface UrlSignerOptions {
  /** Gives the credentials to sign with, fresh ones when the last are about to end. */
  readonly credentials: () => Promise<SigningCredentials>;
  readonly clock: Clock;
  /** Where S3 is, when it is not at AWS; buckets are then named in the path. */
  readonly endpoint?: string | undefined;
}

/** The longest S3 lets a URL last. */
const MAX_SECONDS = 7 * 86_400;
/** Credentials that end sooner are asked for again, so that URLs last a while. */
const FRESH_MILLIS = 15 * 60_000;

/** Signs URLs of objects. Signing itself asks nobody: `refresh` must have been called before. */
export class UrlSigner {
  readonly #options: UrlSignerOptions;
  #credentials: SigningCredentials | undefined;

  constructor(options: UrlSignerOptions) {
    this.#options = options;
  }

  /** Sees to credentials that are good for a while. Call it when a request begins; it rarely asks anybody. */
  async refresh(): Promise<void> {
    const { expiresAt = Number.POSITIVE_INFINITY } = this.#credentials ?? { expiresAt: 0 };
    if (expiresAt - this.#options.clock.now() > FRESH_MILLIS) return;
    this.#credentials = await this.#options.credentials().catch(cause => {
      throw new PortUnavailable('there are no credentials to sign URLs with', { cause });
    });
  }

  /** A URL good until `expiresAt` (ms since 1970), but no longer than the credentials, nor than a week. */
  sign(method: 'GET' | 'PUT', object: S3Object, region: string, expiresAt: number): string {
    const signedAt = this.#options.clock.now();
    const credentials = this.#credentials;
    const end = Math.min(expiresAt, credentials?.expiresAt ?? Number.POSITIVE_INFINITY);
    if (!credentials || (credentials.expiresAt ?? Number.POSITIVE_INFINITY) <= signedAt)
      throw new PortUnavailable('the credentials to sign URLs with have ended');
    const lastsSeconds = Math.min(MAX_SECONDS, Math.max(1, Math.ceil((end - signedAt) / 1000)));
    return presign({ method, ...this.#place(object, region), region, signedAt, lastsSeconds }, credentials);
  }

  #place({ bucket, key }: S3Object, region: string): { origin: string; path: string } {
    const { endpoint } = this.#options;
    if (endpoint !== undefined) return { origin: endpoint.replace(/\/+$/, ''), path: `/${bucket}/${key}` };
    // The certificate of S3 covers one label before the region.
    return bucket.includes('.')
      ? { origin: `https://s3.${region}.amazonaws.com`, path: `/${bucket}/${key}` }
      : { origin: `https://${bucket}.s3.${region}.amazonaws.com`, path: `/${key}` };
  }
}
