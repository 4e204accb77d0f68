import { buildSync } from 'esbuild';
import { describe, expect, test, vi } from 'vitest';
import { connect } from '../../lib/connect/connect.ts';
import { signaturesOf } from '../support/fake-lambda.ts';
import { fakeAws, HEALTH, NO_PROJECT, SECRET, URL_HOST } from './support.ts';

const aws = fakeAws();

describe('by a function URL', () => {
  test('a request is signed for Lambda in the region of the URL, with what AWS asks to be signed', async () => {
    aws.lambda.answer({ body: HEALTH });

    expect(await aws.byUrl().health({})).toEqual(HEALTH);

    const { last } = aws.lambda;
    expect(last).toMatchObject({ method: 'GET', target: '/v1/health', headers: { host: URL_HOST } });
    const { scope, names, given, expected } = signaturesOf(last, SECRET);
    expect(scope).toMatch(/^\d{8}\/eu-west-1\/lambda\/aws4_request$/);
    expect(names).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-content-sha256']));
    expect(given).toBe(expected);
  });

  test('a body is signed with it, and the session token is sent', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'the session');
    aws.lambda.answer({ body: { results: [] } });

    await aws.byUrl().done({ project: 7, worker: 'wörker', done: ['7.0.0.1.a'] });

    const { last } = aws.lambda;
    expect(last).toMatchObject({ method: 'POST', target: '/v1/projects/7/done' });
    expect(JSON.parse(last.body)).toEqual({ worker: 'wörker', done: ['7.0.0.1.a'] });
    expect(last.headers['x-amz-security-token']).toBe('the session');
    const { given, expected } = signaturesOf(last, SECRET);
    expect(given).toBe(expected);
  });

  test('names with any characters arrive as they are, and the signature fits', async () => {
    aws.lambda.answer({ status: 404, body: NO_PROJECT });
    const did = "run 7:a+b/ü~*'(x)&=%20";

    await expect(aws.byUrl().showFile({ project: 7, did })).rejects.toMatchObject({
      code: 'project_unknown',
    });

    const { last } = aws.lambda;
    expect(new URL(last.target, 'http://any').searchParams.get('did')).toBe(did);
    expect(last.target).not.toContain('+');
    const { given, expected } = signaturesOf(last, SECRET);
    expect(given).toBe(expected);
  });
});

describe('by a direct invocation', () => {
  test('the function gets the verb and its input as a plain payload, and its answer is the reply', async () => {
    aws.lambda.answer({ body: { results: [] } });

    await aws.byInvoke().done({ project: 7, done: ['7.0.0.1.a'] });

    const { last } = aws.lambda;
    expect(last).toMatchObject({ method: 'POST', target: '/2015-03-31/functions/sluice-api/invocations' });
    expect(JSON.parse(last.body)).toEqual({ verb: 'done', project: 7, done: ['7.0.0.1.a'] });
    const { scope, given, expected } = signaturesOf(last, SECRET);
    expect(scope).toContain('/eu-west-1/lambda/');
    expect(given).toBe(expected);
  });

  test('a function of another region is named by its ARN, and the request signed for that region', async () => {
    const arn = 'arn:aws:lambda:us-east-2:123456789012:function:sluice-api:live';
    aws.lambda.answer({ body: HEALTH });

    await connect({ server: arn }, { AWS_ENDPOINT_URL: aws.lambda.url }).health({});

    const { last } = aws.lambda;
    expect(last.target).toBe(`/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`);
    const { scope, given, expected } = signaturesOf(last, SECRET);
    expect(scope).toContain('/us-east-2/lambda/');
    expect(given).toBe(expected);
  });

  test('the region may be in AWS_DEFAULT_REGION; without any, that is said', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    aws.lambda.answer({ body: HEALTH });
    await expect(aws.byInvoke().health({})).rejects.toThrow('in which region is sluice-api? Set AWS_REGION');
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-north-1');
    await aws.byInvoke().health({});
    expect(signaturesOf(aws.lambda.last, SECRET).scope).toContain('/eu-north-1/');
  });
});

test('what is for AWS is loaded by no command before a server on AWS is called', () => {
  const { metafile } = buildSync({
    entryPoints: ['lib/cli/main.ts'],
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'never-written',
    write: false,
    metafile: true,
  });
  const loaders = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports.filter(({ path: to }) => /^@(aws-sdk|smithy)\//.test(to)).map(() => path),
  );
  expect(new Set(loaders.map(path => path.replace(/[^/]+$/, '')))).toEqual(new Set(['lib/connect/aws/']));
  const importers = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports
      .filter(({ path: to }) => to.startsWith('lib/connect/aws/') && !path.startsWith('lib/connect/aws/'))
      .map(({ kind }) => `${path} ${kind}`),
  );
  expect(new Set(importers)).toEqual(new Set(['lib/connect/connect.ts dynamic-import']));
});

test('an address that is none is refused', () => {
  expect(() => connect({ server: 'sluice' })).toThrow('"sluice" is not the address of a server');
});
