import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignedUrls, type UrlMethod } from '../../lib/embedded/signed-urls.ts';

const BASE = 'https://sluice.example:8470';
const NOW = Date.UTC(2030, 0, 1);
const urls = new SignedUrls(Buffer.from('secret'), () => BASE);

const sign = (resource: string, { method = 'GET' as UrlMethod, expiresAt = NOW + 60_000 } = {}) =>
  urls.sign({ method, resource, expiresAt });
const verify = (url: string, { method = 'GET' as UrlMethod, now = NOW, by = urls } = {}) =>
  by.verify(method, new URL(url).pathname, now);

describe('a signed URL', () => {
  test('grants one method on the resource that was signed', () => {
    const url = sign('data/outputs/1', { method: 'PUT' });
    expect(verify(url, { method: 'PUT' })).toEqual({ resource: 'data/outputs/1' });
    expect(verify(url, { method: 'GET' })).toEqual({ fault: 'this URL is not for GET' });
  });

  test('is on the server, and ends with the name of the file', () => {
    expect(sign('share/data/run 17/a#1.root')).toMatch(
      /^https:\/\/sluice\.example:8470\/files\/get\/\d+\/[\w-]{43}\/share\/data\/run%2017\/a%231\.root$/,
    );
  });

  test('keeps any path of names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !/^\.\.?$|[/]/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), names => {
        const resource = names.join('/');
        expect(verify(sign(resource))).toEqual({ resource });
      }),
    );
  });

  test('is good until its time, rounded up to a second', () => {
    const url = sign('a', { expiresAt: NOW + 1_500 });
    expect(verify(url, { now: NOW + 2_000 })).toEqual({ resource: 'a' });
    expect(verify(url, { now: NOW + 2_001 })).toEqual({ fault: 'this URL has expired' });
  });
});

describe('a URL is refused', () => {
  const wrong = { fault: 'the signature of this URL is not right' };

  test('when any character of its signature or resource was changed', () => {
    const url = sign('data/outputs/1');
    const first = url.indexOf('/get/') + '/get/'.length;
    for (let at = first; at < url.length; at += 1) {
      const changed = url.slice(0, at) + (url[at] === '1' ? '2' : '1') + url.slice(at + 1);
      expect(verify(changed)).toHaveProperty('fault');
    }
  });

  test('when its expiry was put off', () => {
    const expiry = String((NOW + 60_000) / 1000);
    expect(verify(sign('a').replace(expiry, String(Number(expiry) + 1)))).toEqual(wrong);
  });

  test('when it was signed with another secret', () => {
    const others = new SignedUrls(Buffer.from('another secret'), () => BASE);
    expect(verify(sign('a'), { by: others })).toEqual(wrong);
  });

  test('when its signature is that of another method', () => {
    expect(verify(sign('a').replace('/get/', '/put/'), { method: 'PUT' })).toEqual(wrong);
  });

  test.each([
    ['/files/', 'this URL is not for GET'],
    ['/files/get', 'the signature of this URL is not right'],
    ['/files/get/soon/x/a', 'this URL is malformed'],
    ['/files/get/1.5/x/a', 'this URL is malformed'],
    ['/files/get/1/x/%E0%A4%A', 'this URL is malformed'],
    ['/files/get/1//a', 'the signature of this URL is not right'],
  ])('when it is mangled: %s', (path, fault) => {
    expect(urls.verify('GET', path, NOW)).toEqual({ fault });
  });
});
