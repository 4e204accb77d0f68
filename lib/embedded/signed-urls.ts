import { createHmac, timingSafeEqual } from 'node:crypto';

export type UrlMethod = 'GET' | 'PUT';

/** What a signed URL lets its bearer do: one method on one resource, for a while. */
export interface Grant {
  readonly method: UrlMethod;
  /** `share/<absolute path>` for a shared file, `data/<key>` for Sluice's own. */
  readonly resource: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

export const FILES_PATH = '/files/';

/**
 * URLs that carry their permission: `/files/<get|put>/<expiry>/<signature>/<resource>`.
 * The signature is HMAC-SHA256 over method, expiry and resource (RFC 2104), in base64url. The resource comes last,
 * so that a downloader that names files after URLs gives them their own names.
 */
export class SignedUrls {
  readonly #secret: Uint8Array;
  readonly #base: () => string;

  /** `base` is the server's URL as its clients see it. */
  constructor(secret: Uint8Array, base: () => string) {
    this.#secret = secret;
    this.#base = base;
  }

  sign(grant: Grant): string {
    const expiry = Math.ceil(grant.expiresAt / 1000);
    const path = grant.resource.split('/').map(encodeURIComponent).join('/');
    return `${this.#base()}${FILES_PATH}${grant.method.toLowerCase()}/${expiry}/${this.#signature(grant.method, expiry, grant.resource)}/${path}`;
  }

  /** What a URL's path grants at this time, or why it grants nothing. */
  verify(method: UrlMethod, path: string, now: number): { resource: string } | { fault: string } {
    const [verb, expiryText = '', signature = '', ...rest] = path.slice(FILES_PATH.length).split('/');
    if (verb !== method.toLowerCase()) return { fault: `this URL is not for ${method}` };
    const resource = decode(rest);
    const expiry = Number(expiryText);
    if (resource === undefined || !Number.isSafeInteger(expiry)) return { fault: 'this URL is malformed' };
    const expected = Buffer.from(this.#signature(method, expiry, resource));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given))
      return { fault: 'the signature of this URL is not right' };
    if (now > expiry * 1000) return { fault: 'this URL has expired' };
    return { resource };
  }

  #signature(method: UrlMethod, expiry: number, resource: string): string {
    return createHmac('sha256', this.#secret).update(`${method}\n${expiry}\n${resource}`).digest('base64url');
  }
}

function decode(segments: readonly string[]): string | undefined {
  try {
    return segments.map(decodeURIComponent).join('/');
  } catch {
    return undefined;
  }
}
