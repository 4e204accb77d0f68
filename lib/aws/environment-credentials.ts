import { PortUnavailable } from '../dispatch/ports.ts';
import type { SigningCredentials } from './sigv4-presign.ts';

/** The credentials of a Lambda function's role, which Lambda puts into the environment. */
export function environmentCredentials(environment: Readonly<NodeJS.ProcessEnv>): SigningCredentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration,
  } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new PortUnavailable('the environment has no credentials to sign URLs with');
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(expiration && { expiresAt: Date.parse(expiration) }),
  };
}
