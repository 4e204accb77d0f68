import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Client, RefusedError, UnreachableError } from '../../lib/client/index.ts';
import { connect } from '../../lib/connect/connect.ts';
import { fakeAws, HEALTH, NO_PROJECT } from './support.ts';

const aws = fakeAws();
const refusalOf = async (client: Client) => {
  const error = await client.showProject({ project: 7 }).catch(error => error);
  expect(error).toBeInstanceOf(RefusedError);
  return error;
};
const failureOf = async (client: Client) => {
  const error = await client.showProject({ project: 7 }).catch(error => error);
  expect(error).toBeInstanceOf(UnreachableError);
  return error;
};

describe('a refusal of Sluice keeps its status and code', () => {
  test('by a function URL', async () => {
    aws.lambda.answer({ status: 404, body: NO_PROJECT });
    expect(await refusalOf(aws.byUrl())).toMatchObject({ status: 404, code: 'project_unknown' });
  });

  test('by a direct invocation, where it is the result of a function that worked', async () => {
    aws.lambda.answer({ body: NO_PROJECT });
    expect(await refusalOf(aws.byInvoke())).toMatchObject({ status: 404, code: 'project_unknown' });
  });

  test('and one that may pass is to be tried again', async () => {
    const body = { ...NO_PROJECT, status: 503, code: 'unavailable', detail: 'the table is busy' };
    aws.lambda.answer({ body });
    expect((await failureOf(aws.byInvoke())).message).toBe('the table is busy');
    aws.lambda.answer({ status: 503, body });
    expect((await failureOf(aws.byUrl())).message).toBe('the table is busy');
  });
});

describe.each([
  ['by a function URL', () => aws.byUrl(), 'lambda:InvokeFunctionUrl and lambda:InvokeFunction'],
  ['by a direct invocation', () => aws.byInvoke(), 'lambda:InvokeFunction'],
])('what AWS itself answers %s', (_, client, permission) => {
  test('403: the sentence names the permission, what AWS said, and no token', async () => {
    aws.lambda.answer({ status: 403, body: { Message: 'User ann is not authorized.' } });
    const { status, code, message } = await refusalOf(client());
    expect([status, code]).toEqual([403, 'forbidden']);
    expect(message).toContain('(User ann is not authorized)');
    expect(message).toMatch(new RegExp(`IAM policy must allow ${permission}$`));
    expect(message).not.toMatch(/token/i);
  });

  test('403 without a reason', async () => {
    aws.lambda.answer({ status: 403, body: { Message: 'Forbidden' } });
    expect((await refusalOf(client())).message).not.toContain('Forbidden');
  });

  test('404: there is no such function, which is not a project unknown', async () => {
    aws.lambda.answer({ status: 404, body: { Type: 'User', message: 'Function not found: f' } });
    expect(await refusalOf(client())).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('413: what Lambda lets through', async () => {
    aws.lambda.answer({ status: 413, body: { message: 'Request must be smaller than 6291456 bytes' } });
    const error = await refusalOf(client());
    expect(error).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(error.message).toContain('Lambda lets 6 MB through');
  });

  test('another status of 400 and more is a refusal too', async () => {
    aws.lambda.answer({ status: 400, body: { message: 'Could not parse request body' } });
    const error = await refusalOf(client());
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain('Could not parse request body');
  });

  test.each([
    [429, 'has too many requests now (Rate exceeded here)'],
    [409, 'answered 409'],
    [500, 'answered 500'],
    [502, 'answered 502'],
  ])('%i is to be tried again', async (status, sentence) => {
    aws.lambda.answer({ status, body: { message: 'Rate exceeded here' } });
    expect((await failureOf(client())).message).toContain(sentence);
  });

  test('nothing: AWS is not reached', async () => {
    const nowhere = connect({ server: client().server }, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect((await failureOf(nowhere)).message).toContain('no answer from http://127.0.0.1:1: ');
  });

  test('a call that is aborted fails with the reason', async () => {
    aws.lambda.answer();
    const controller = new AbortController();
    const reason = new Error('enough');
    const asked = client().health({}, { signal: controller.signal });
    await expect.poll(() => aws.lambda.arrived.length).toBe(1);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

test('a function that breaks off is to be tried again', async () => {
  const headers = { 'x-amz-function-error': 'Unhandled' };
  const body = { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 30.00 seconds' };
  aws.lambda.answer({ headers, body });
  expect((await failureOf(aws.byInvoke())).message).toBe(
    'sluice-api failed: Task timed out after 30.00 seconds',
  );
});

describe('credentials', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-credentials-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
  });

  const keyOf = (at: number) =>
    /Credential=(\w+)\//.exec(aws.lambda.arrived[at]?.headers.authorization ?? '')?.[1];
  const profile = async (lines: string) => {
    const file = join(folder, 'credentials');
    await writeFile(file, `[default]\n${lines}\n`);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  };
  const keys = (id: string) => `aws_access_key_id=${id}\naws_secret_access_key=s`;

  test('that are nowhere are asked for, as a refusal', async () => {
    const error = await refusalOf(aws.byUrl());
    expect(error).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(error.message).toContain('no AWS credentials to sign requests with');
    expect(aws.lambda.arrived).toEqual([]);
  });

  test('of a profile are used; when AWS refuses them, those that are there now', async () => {
    await profile(keys('AKIAOLD'));
    const client = aws.byUrl();
    aws.lambda.answer({ body: HEALTH });
    await client.health({});
    await profile(keys('AKIANEW'));
    aws.lambda.answer({ status: 403, body: { Message: 'The security token is expired' } }, { body: HEALTH });

    expect(await client.health({})).toEqual(HEALTH);

    expect([keyOf(0), keyOf(1), keyOf(2)]).toEqual(['AKIAOLD', 'AKIAOLD', 'AKIANEW']);
  });

  test('that are refused and still the same are not tried twice, nor where Sluice itself refuses', async () => {
    await profile(keys('AKIAOLD'));
    aws.lambda.answer({ status: 403, body: { Message: 'Forbidden' } });
    await refusalOf(aws.byUrl());
    expect(aws.lambda.arrived).toHaveLength(1);

    aws.lambda.answer({ status: 403, body: { ...NO_PROJECT, status: 403, code: 'forbidden' } });
    const client = aws.byUrl();
    await refusalOf(client);
    await profile(keys('AKIANEW'));
    await refusalOf(client);
    expect(aws.lambda.arrived).toHaveLength(3);
  });

  test('that say when they expire are renewed; while that fails, AWS counts as away', async () => {
    const now = Date.now();
    const file = join(folder, 'process.json');
    const process = (AccessKeyId: string, lastsMillis: number) => {
      const Expiration = new Date(Date.now() + lastsMillis).toISOString();
      return writeFile(file, JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey: 's', Expiration }));
    };
    const hour = 3_600_000;
    await profile(`credential_process=cat ${file}`);
    await process('AKIAFIRST', hour);
    const client = aws.byUrl();
    aws.lambda.answer({ body: HEALTH });
    await client.health({});

    vi.useFakeTimers({ toFake: ['Date'], now: now + 2 * hour });
    try {
      expect((await client.health({}).catch(error => error)).message).toMatch(/cannot be renewed now/);
      await process('AKIASECOND', hour);
      await client.health({});
    } finally {
      vi.useRealTimers();
    }
    expect([keyOf(0), keyOf(1)]).toEqual(['AKIAFIRST', 'AKIASECOND']);
  });
});
