import { createHash, createHmac } from 'node:crypto';

/** Who signs. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end, ms since 1970; absent = never. */
  readonly expiresAt?: number | undefined;
}

/** A request that the bearer of the URL may make. */
export interface PresignedRequest {
  readonly method: 'GET' | 'PUT';
  /** Scheme and host, such as `https://bucket.s3.eu-central-1.amazonaws.com`. */
  readonly origin: string;
  /** With a leading slash, not encoded. */
  readonly path: string;
  readonly region: string;
  /** ms since 1970. */
  readonly signedAt: number;
  /** From `signedAt` on. */
  readonly lastsSeconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * A URL for S3 that carries its permission in its query: AWS Signature Version 4. Pure computation, some
 * microseconds: what costs, the key of a day and a region, is kept.
 */
export function presign(request: PresignedRequest, credentials: SigningCredentials): string {
  const { method, origin, region, signedAt, lastsSeconds } = request;
  const time = new Date(signedAt).toISOString().replace(/\.\d+|[-:]/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const path = request.path.split('/').map(encode).join('/');
  const query = [
    `X-Amz-Algorithm=${ALGORITHM}`,
    `X-Amz-Credential=${encode(`${credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${time}`,
    `X-Amz-Expires=${lastsSeconds}`,
    ...(credentials.sessionToken === undefined
      ? []
      : [`X-Amz-Security-Token=${encode(credentials.sessionToken)}`]),
    'X-Amz-SignedHeaders=host',
  ].join('&');
  const host = origin.slice(origin.indexOf('//') + 2);
  const canonical = `${method}\n${path}\n${query}\nhost:${host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signature = createHmac('sha256', signingKey(credentials.secretAccessKey, day, region))
    .update(`${ALGORITHM}\n${time}\n${scope}\n${hash}`)
    .digest('hex');
  return `${origin}${path}?${query}&X-Amz-Signature=${signature}`;
}

/** Keys by secret, day and region: a few a day, of which the old ones go when there are many. */
const keys = new Map<string, Buffer>();
const MAX_KEYS = 64;

function signingKey(secret: string, day: string, region: string): Buffer {
  const name = `${day}/${region}/${secret}`;
  const known = keys.get(name);
  if (known) return known;
  if (keys.size === MAX_KEYS) keys.clear();
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [day, region, 's3', 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest();
  keys.set(name, key);
  return key;
}

/** As SigV4 wants it: all but letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
