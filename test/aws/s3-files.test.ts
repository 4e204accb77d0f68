import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { s3Files } from '../../lib/aws/s3-files.ts';
import { urlSigner } from '../../lib/aws/url-signer.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { HOUR_MILLIS } from '../conformance/files-under-test.ts';
import { buckets } from './support/bucket.ts';
import { OPTIONS, s3, s3In } from './support/clients.ts';
import { CREDENTIALS, ENDPOINT, REGION } from './support/endpoint.ts';
import { fixed } from './support/fixed-credentials.ts';
import { answered, lostAnswer, meddle } from './support/meddle.ts';

const FAR = 'us-west-2';
const newBucket = buckets();
const signer = urlSigner({ credentials: fixed(CREDENTIALS), clock: systemClock, endpoint: ENDPOINT });

const filesIn = (bucket: string, client = s3) =>
  s3Files({ client, bucket, region: REGION, signer, clock: systemClock });
const newClient = () => new S3Client({ ...OPTIONS, forcePathStyle: true, maxAttempts: 1 });

describe('a replica in another region', () => {
  test('is signed for that region, and can be read', async () => {
    const [bucket, far] = [await newBucket(), await newBucket(FAR)];
    await s3In(FAR).send(new PutObjectCommand({ Bucket: far, Key: 'a', Body: 'far away' }));
    const files = filesIn(bucket);
    await files.prepare?.([`s3://${far}/a`, 'https://data.example/a']);
    const url = files.replicaUrl(`s3://${far}/a`, Date.now() + HOUR_MILLIS);
    expect(url).toContain(`%2F${FAR}%2Fs3%2F`);
    expect(await (await fetch(url)).text()).toBe('far away');
  });

  test('is looked up once a bucket, whether S3 lets Sluice look or not', async () => {
    const far = await newBucket(FAR);
    let looks = 0;
    const client = newClient();
    client.middlewareStack.add(next => async args => {
      looks += 1;
      const answer = await next(args);
      if (looks === 1)
        throw Object.assign(answered('Forbidden', 'client', 403), {
          $response: { headers: { 'x-amz-bucket-region': FAR } },
        });
      return answer;
    });
    const files = filesIn('home', client);
    await files.prepare?.([`s3://${far}/a`, `s3://${far}/b`]);
    await files.prepare?.([`s3://${far}/c`, 's3://home/a']);
    expect(files.replicaUrl(`s3://${far}/c`, Date.now())).toContain(`%2F${FAR}%2Fs3%2F`);
    expect(looks).toBe(1);
  });

  test('that cannot be looked up is signed for the home region, and looked up the next time', async () => {
    const far = await newBucket(FAR);
    const client = meddle(newClient(), async (pass, attempt) => {
      if (attempt === 1) throw lostAnswer();
      await pass();
    });
    const files = filesIn('home', client);
    const regionNow = async () => {
      await files.prepare?.([`s3://${far}/a`]);
      return files.replicaUrl(`s3://${far}/a`, Date.now()).includes(`%2F${FAR}%2F`) ? FAR : REGION;
    };
    expect(await regionNow()).toBe(REGION);
    expect(await regionNow()).toBe(FAR);
  });
});

describe('a replica has a fault', () => {
  test.each([
    [
      'file:///data/a',
      'file:///data/a is on a machine that workers may not reach; name an s3: or https: copy',
    ],
    ['s3://bucket', 's3://bucket names no object; it is s3://bucket/key'],
    ['s3://bucket/', 's3://bucket/ names no object; it is s3://bucket/key'],
    ['s3:///key', 's3:///key names no object; it is s3://bucket/key'],
    ['s3://bucket/100%', 's3://bucket/100% has a % that begins no escape; write it as %25'],
    ['s3://bucket/a/../b', 's3://bucket/a/../b has "." or ".." as a name in its key'],
    ['s3://bucket/%2e%2e/b', 's3://bucket/%2e%2e/b has "." or ".." as a name in its key'],
  ])('%s', (url, fault) => {
    expect(filesIn('home').faultOf(url)).toBe(fault);
  });

  test.each(['s3://bucket/a//b', 'S3://bucket/a?b#c', 's3://my.dotted.bucket/a%20b'])('but not %s', url => {
    expect(filesIn('home').faultOf(url)).toBeUndefined();
  });
});

test('all below a prefix is removed, however many pages that is', async () => {
  const bucket = await newBucket();
  const keys = Array.from({ length: 1_005 }, (_, n) => `outputs/1/${n}`);
  for (let first = 0; first < keys.length; first += 50)
    await Promise.all(
      keys
        .slice(first, first + 50)
        .map(Key => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))),
    );
  await filesIn(bucket).remove('outputs/1/');
  for (const key of ['outputs/1/0', 'outputs/1/999', 'outputs/1/1004'])
    expect(await filesIn(bucket).exists(key)).toBe(false);
});

test('what S3 does not remove at first is removed with the next try', async () => {
  const bucket = await newBucket();
  for (const n of [1, 2, 3])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `a/${n}`, Body: 'x' }));
  const client = newClient();
  let tries = 0;
  client.middlewareStack.add(
    next => async args => {
      const objects = 'Delete' in args.input ? args.input.Delete?.Objects : undefined;
      if (!objects) return next(args);
      tries += 1;
      if (tries > 1) return next(args);
      const [left, ...taken] = objects;
      const input = { ...args.input, Delete: { Objects: taken, Quiet: true } };
      const { response, output } = await next({ ...args, input });
      return { response, output: { ...output, Errors: [{ Key: left?.Key, Code: 'InternalError' }] } };
    },
    { step: 'initialize' },
  );
  await filesIn(bucket, client).remove('a/');
  for (const n of [1, 2, 3]) expect(await filesIn(bucket).exists(`a/${n}`)).toBe(false);
});

test.each([answered('SlowDown', 'client', 503), answered('InternalError', 'server', 500), lostAnswer()])(
  'files that cannot be reached now are unavailable: %s',
  async error => {
    const files = filesIn(
      'any',
      meddle(newClient(), async () => {
        throw error;
      }),
    );
    await expect(files.open('a')).rejects.toThrow(PortUnavailable);
    await expect(files.exists('a')).rejects.toThrow(PortUnavailable);
    await expect(files.remove('a')).rejects.toThrow(PortUnavailable);
    await expect(files.remove('a/')).rejects.toThrow(PortUnavailable);
  },
);
