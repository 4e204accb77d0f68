import type { SigningCredentials } from '../../../lib/aws/sigv4-presign.ts';
import type { UrlCredentials } from '../../../lib/aws/url-signer.ts';

/** Credentials that are there, and stay the same. */
export function fixed(credentials: SigningCredentials): UrlCredentials {
  return { prepare: async () => {}, current: () => credentials };
}
