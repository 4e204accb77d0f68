import { AssumeRoleCommand, type STSClient } from '@aws-sdk/nested-clients/sts';
import { reach } from './reach.ts';
import type { RoleSession } from './role-credentials.ts';

/** The longest that AWS lets a role last which another role assumes. */
const SESSION_SECONDS = 3_600;

/** A session of a role. Fails with `PortUnavailable` when STS cannot be reached. */
export async function assumeRole(client: STSClient, role: string): Promise<RoleSession> {
  const command = new AssumeRoleCommand({
    RoleArn: role,
    RoleSessionName: 'sluice',
    DurationSeconds: SESSION_SECONDS,
  });
  const { Credentials } = await reach(`role ${role}`, client.send(command));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !Expiration) throw new Error(`STS gave no credentials of ${role}`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration.getTime(),
  };
}
