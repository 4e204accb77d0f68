import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFileHome } from '../support/file-home.ts';

const TEXT = '0123456789';

async function setup(text = TEXT) {
  const home = await startFileHome();
  const url = home.replicaUrl(await home.makeReplica('a', text));
  const get = async (headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(url, { method, headers });
    return {
      status: response.status,
      text: await response.text(),
      length: response.headers.get('content-length'),
      range: response.headers.get('content-range'),
    };
  };
  return { ...home, url, get, path: join(home.share, 'a') };
}

describe('a file', () => {
  test('is sent whole, as bytes, with its length', async () => {
    const { url } = await setup();
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-length')).toBe('10');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(await response.text()).toBe(TEXT);
  });

  test('is told of by HEAD without its bytes', async () => {
    const { get } = await setup();
    expect(await get({}, 'HEAD')).toEqual({ status: 200, text: '', length: '10', range: null });
  });

  test('may be empty', async () => {
    const { get } = await setup('');
    expect(await get()).toEqual({ status: 200, text: '', length: '0', range: null });
    expect(await get({}, 'HEAD')).toEqual({ status: 200, text: '', length: '0', range: null });
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', TEXT, 'bytes 0-9/10'],
    ['Bytes=9-9', '9', 'bytes 9-9/10'],
  ])('%s is sent as part of the file', async (range, text, told) => {
    const { get } = await setup();
    expect(await get({ range })).toEqual({ status: 206, text, length: String(text.length), range: told });
  });

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=5-4', `bytes=${'9'.repeat(30)}-`])(
    '%s is not in the file: 416 with its size',
    async range => {
      const { get } = await setup();
      expect(await get({ range })).toMatchObject({ status: 416, text: '', range: 'bytes */10' });
    },
  );

  test('of an empty file is not in it', async () => {
    const { get } = await setup('');
    expect(await get({ range: 'bytes=0-' })).toMatchObject({ status: 416, range: 'bytes */0' });
  });

  test.each(['bytes=-', 'bytes=0-1,3-4', 'lines=1-2', 'bytes 1-2', 'bytes=a-b', '1-2'])(
    'that is none or several is ignored: %s',
    async range => {
      const { get } = await setup();
      expect(await get({ range })).toMatchObject({ status: 200, text: TEXT });
    },
  );

  test('is ignored by HEAD, and where it holds only for an unchanged file', async () => {
    const { get } = await setup();
    expect(await get({ range: 'bytes=2-4' }, 'HEAD')).toMatchObject({ status: 200, length: '10' });
    expect(await get({ range: 'bytes=2-4', 'if-range': '"tag"' })).toMatchObject({ status: 200, text: TEXT });
  });
});

describe('a refusal', () => {
  test('404 for a file that has vanished since', async () => {
    const { get, path, warnings } = await setup();
    await rm(path);
    const { status, text } = await get();
    expect({ status, problem: JSON.parse(text) }).toMatchObject({
      status: 404,
      problem: { code: 'not_found', status: 404 },
    });
    expect(warnings).toEqual([]);
  });

  test.each(['POST', 'DELETE', 'PATCH', 'OPTIONS'])('405 for %s', async method => {
    const { get } = await setup();
    const { status, text } = await get({}, method);
    expect({ status, problem: JSON.parse(text) }).toMatchObject({
      status: 405,
      problem: { code: 'method_not_allowed' },
    });
  });

  test('is answered to HEAD without a body', async () => {
    const { get, path } = await setup();
    await rm(path);
    expect(await get({}, 'HEAD')).toMatchObject({ status: 404, text: '' });
  });
});

test('a file that is cut short while it is read breaks the connection', async () => {
  const { url, path, warnings } = await setup('x'.repeat(50_000_000));
  const response = await fetch(url);
  await truncate(path, 0);
  await expect(response.text()).rejects.toThrow();
  expect(warnings).toEqual([]);
});
