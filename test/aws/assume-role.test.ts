import { STSClient } from '@aws-sdk/nested-clients/sts';
import { describe, expect, test } from 'vitest';
import { assumeRole } from '../../lib/aws/assume-role.ts';
import { presign } from '../../lib/aws/sigv4-presign.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { buckets } from './support/bucket.ts';
import { OPTIONS } from './support/clients.ts';
import { ENDPOINT, REGION } from './support/endpoint.ts';
import { answered, lostAnswer, meddle } from './support/meddle.ts';

const ROLE = 'arn:aws:iam::000000000000:role/signer';
const newBucket = buckets();
const newClient = () => new STSClient({ ...OPTIONS, maxAttempts: 1 });

describe('a role that is assumed', () => {
  test('has a session of an hour, whose URLs S3 takes', async () => {
    const session = await assumeRole(newClient(), ROLE);

    expect(Math.abs(session.expiresAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
    expect(session.sessionToken).toBeTruthy();
    const request = {
      origin: ENDPOINT,
      path: `/${await newBucket()}/a`,
      region: REGION,
      signedAt: Math.floor(Date.now() / 1000) * 1000,
      lastsSeconds: 60,
    };
    const url = presign({ ...request, method: 'PUT' }, session);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200);
    expect((await fetch(presign({ ...request, method: 'GET' }, session))).status).toBe(200);
    const forged = presign({ ...request, method: 'GET' }, { ...session, secretAccessKey: 'guessed' });
    expect((await fetch(forged)).status).toBe(403);
  });

  test.each([
    answered('Throttling', 'client', 400),
    answered('InternalFailure', 'server', 500),
    lostAnswer(),
  ])('and cannot be reached now is unavailable: %s', async error => {
    const client = meddle(newClient(), async () => {
      throw error;
    });
    await expect(assumeRole(client, ROLE)).rejects.toThrow(PortUnavailable);
  });

  test('by somebody who may not is a fault of the deployment, and stays one', async () => {
    const client = meddle(newClient(), async () => {
      throw answered('AccessDenied', 'client', 403);
    });
    await expect(assumeRole(client, ROLE)).rejects.toThrow('AccessDenied');
    await expect(assumeRole(client, ROLE)).rejects.not.toThrow(PortUnavailable);
  });
});
