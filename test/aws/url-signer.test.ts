import { describe, expect, test } from 'vitest';
import { presign, type SigningCredentials } from '../../lib/aws/sigv4-presign.ts';
import { urlSigner } from '../../lib/aws/url-signer.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { fixed } from './support/fixed-credentials.ts';

/** Those of the examples in AWS's documentation. */
const DOCUMENTED: SigningCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const NOW = Date.UTC(2013, 4, 24);
const WEEK_SECONDS = 7 * 86_400;

function signerWith(credentials: SigningCredentials, now = NOW) {
  return urlSigner({ credentials: fixed(credentials), clock: { now: () => now, sleep: async () => {} } });
}

function sign(credentials: SigningCredentials, expiresAt: number, { bucket = 'b', now = NOW } = {}): URL {
  return new URL(signerWith(credentials, now).sign('GET', { bucket, key: 'a' }, 'eu-central-1', expiresAt));
}

const secondsOf = (url: URL) => Number(url.searchParams.get('X-Amz-Expires'));

test("is signed as in AWS's documentation", () => {
  const url = presign(
    {
      method: 'GET',
      origin: 'https://examplebucket.s3.amazonaws.com',
      path: '/test.txt',
      region: 'us-east-1',
      signedAt: NOW,
      lastsSeconds: 86_400,
    },
    DOCUMENTED,
  );
  expect(url).toBe(
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test('takes at most 0.1 ms a URL', () => {
  const signer = urlSigner({
    credentials: fixed(DOCUMENTED),
    clock: { now: Date.now, sleep: async () => {} },
  });
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let n = 0; n < 1_000; n += 1)
      signer.sign(
        'GET',
        { bucket: 'b', key: `data/2026/run ${n}/file.root` },
        'eu-central-1',
        Date.now() + 60_000,
      );
    return (performance.now() - start) / 1_000;
  });
  expect(Math.min(...runs)).toBeLessThan(0.1);
});

describe('a signed URL', () => {
  test('names the bucket in the host, but one with dots in the path', () => {
    expect(sign(DOCUMENTED, NOW).href).toContain('https://b.s3.eu-central-1.amazonaws.com/a?');
    expect(sign(DOCUMENTED, NOW, { bucket: 'a.b' }).href).toContain(
      'https://s3.eu-central-1.amazonaws.com/a.b/a?',
    );
  });

  test('bears the session token, and other credentials give another signature', () => {
    const url = sign({ ...DOCUMENTED, sessionToken: 'a/b+c=' }, NOW + 60_000);
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('a/b+c=');
    expect(url.searchParams.get('X-Amz-Signature')).not.toBe(
      sign(DOCUMENTED, NOW + 60_000).searchParams.get('X-Amz-Signature'),
    );
  });

  test('lasts until its time, counted from the second it was signed in', () => {
    expect(secondsOf(sign(DOCUMENTED, NOW + 90_000))).toBe(90);
    expect(secondsOf(sign(DOCUMENTED, NOW + 90_900, { now: NOW + 900 }))).toBe(91);
  });

  test('lasts at most a week', () => {
    expect(secondsOf(sign(DOCUMENTED, NOW + 30 * 86_400_000))).toBe(WEEK_SECONDS);
  });

  test('says beforehand until when it lasts', () => {
    const ending = signerWith({ ...DOCUMENTED, expiresAt: NOW + 60_000 });

    expect(ending.lastsUntil(NOW + 30_000)).toBe(NOW + 30_000);
    expect(ending.lastsUntil(NOW + 3_600_000)).toBe(NOW + 60_000);
    expect(signerWith(DOCUMENTED).lastsUntil(NOW + 30 * 86_400_000)).toBe(NOW + WEEK_SECONDS * 1000);
  });

  test('lasts no longer than its credentials, and none is signed with those that ended', () => {
    expect(secondsOf(sign({ ...DOCUMENTED, expiresAt: NOW + 60_000 }, NOW + 3_600_000))).toBe(60);
    expect(() => sign({ ...DOCUMENTED, expiresAt: NOW }, NOW + 60_000)).toThrow(PortUnavailable);
  });
});
