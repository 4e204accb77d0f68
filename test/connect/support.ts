import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { Client } from '../../lib/client/index.ts';
import { connect } from '../../lib/connect/connect.ts';
import { FakeLambda } from '../support/fake-lambda.ts';

export const URL_HOST = 'abc123.lambda-url.eu-west-1.on.aws';
export const SECRET = 'the secret';
const FUNCTION = 'sluice-api';

export const HEALTH = { name: 'sluice', version: '1.0.0', home: 'aws' };
export const NO_PROJECT = {
  type: 'urn:sluice:problem:project_unknown',
  title: 'There is no such project',
  status: 404,
  code: 'project_unknown',
  detail: 'there is no project 7',
};

/** An AWS for the file's tests, and clients that are sent there; credentials are in the environment. */
export function fakeAws(): { readonly lambda: FakeLambda; byUrl(): Client; byInvoke(): Client } {
  let lambda: FakeLambda;
  beforeAll(async () => {
    lambda = await FakeLambda.start();
  });
  beforeEach(() => {
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION'])
      vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFROMTEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    lambda.arrived.length = 0;
  });
  afterAll(() => lambda.stop());
  const to = (server: string) => connect({ server }, { AWS_ENDPOINT_URL: lambda.url });
  return {
    get lambda() {
      return lambda;
    },
    byUrl: () => to(`https://${URL_HOST}/`),
    byInvoke: () => to(`lambda://${FUNCTION}`),
  };
}
