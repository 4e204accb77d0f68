import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../lib/worker/clock.ts';
import { DownloadError, download } from '../../../lib/worker/program/download.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { temporaryFolder } from '../support.ts';
import { deadUrl, serve, task } from './support.ts';

const noSignal = new AbortController().signal;

/** Downloads a file of these copies; its text. */
async function fetched(
  urls: readonly string[],
  size?: number,
  clock: { sleep: typeof systemClock.sleep } = systemClock,
) {
  const path = join(temporaryFolder(), 'copy');
  const options = { fetch, clock: { ...systemClock, sleep: clock.sleep }, signal: noSignal };
  await download(task('f', urls, size === undefined ? {} : { size }), path, options);
  return readFileSync(path, 'utf8');
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error,
  );
const inNoTime = { sleep: async () => {} };

describe('a download', () => {
  test('takes the nearest copy', async () => {
    const near = await serve((_, response) => response.end('near'));
    const far = await serve((_, response) => response.end('far'));
    expect(await fetched([near, far])).toBe('near');
  });

  test('of an empty file is an empty file', async () => {
    expect(await fetched([await serve((_, response) => response.end())], 0)).toBe('');
  });

  test.each([404, 403, 500, 503])('takes the next copy when the first answers %i', async status => {
    const broken = await serve((_, response) => response.writeHead(status).end('no'));
    const good = await serve((_, response) => response.end('good'));
    expect(await fetched([broken, good])).toBe('good');
  });

  test('takes the next copy when nobody answers for the first', async () => {
    const good = await serve((_, response) => response.end('good'));
    expect(await fetched([await deadUrl(), good])).toBe('good');
  });

  test('takes the next copy when the first one breaks off', async () => {
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    const good = await serve((_, response) => response.end('good'));
    expect(await fetched([broken, good])).toBe('good');
  });

  test('takes the next copy when the first is not of the right size', async () => {
    const short = await serve((_, response) => response.end('shor'));
    const good = await serve((_, response) => response.end('right'));
    expect(await fetched([short, good], 5)).toBe('right');
  });

  test('takes bytes as they are stored', async () => {
    const url = await serve((request, response) => {
      if (request.headers['accept-encoding'] === 'identity') response.end('as stored');
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    });
    expect(await fetched([url], 9)).toBe('as stored');
  });

  test('copies a local file, which stays as it is', async () => {
    const source = join(temporaryFolder(), 'a b.txt');
    writeFileSync(source, 'local');
    expect(await fetched([pathToFileURL(source).href], 5)).toBe('local');
    expect(readFileSync(source, 'utf8')).toBe('local');
  });

  test('takes the next copy when a local one is not there', async () => {
    const good = await serve((_, response) => response.end('good'));
    expect(await fetched(['file:///there/is/no/such/file', good])).toBe('good');
  });

  test('passes over URLs that cannot be read here', async () => {
    const good = await serve((_, response) => response.end('good'));
    expect(await fetched(['root://store.example//f', 'http://[broken', good], undefined, inNoTime)).toBe(
      'good',
    );
  });
});

describe('a failed download', () => {
  test('says of each copy what was wrong, and shows no signed URL', async () => {
    const base = await serve((_, response) => response.end('12345'));
    const missing = await serve((_, response) => response.writeHead(404).end());
    const error = await errorOf(fetched([`${base}/f?signature=secret`, `${missing}/f?signature=secret`], 4));
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({
      message: `cannot download: ${new URL(base).host} has 5 bytes instead of 4; ${new URL(missing).host} answered 404`,
      retry: true,
    });
  });

  test('is not to be tried again when no copy can ever be read here', async () => {
    expect(await errorOf(fetched(['root://store.example//f']))).toMatchObject({
      message: 'cannot download: store.example URLs cannot be read here',
      retry: false,
    });
    expect(await errorOf(fetched([]))).toMatchObject({
      message: 'the file has no copy to download',
      retry: false,
    });
  });

  test('comes only after several rounds when a host is down, but at once when copies are wrong', async () => {
    const clock = new VirtualClock();
    const began = clock.now();
    const sleeper = { sleep: clock.sleep.bind(clock) };
    const missing = await serve((_, response) => response.writeHead(404).end());
    expect(await errorOf(fetched([missing], undefined, sleeper))).toBeInstanceOf(DownloadError);
    expect(clock.now()).toBe(began);

    let calls = 0;
    const down = await serve((_, response) => {
      calls += 1;
      response.writeHead(calls <= 3 ? 503 : 200).end('back');
    });
    let slept = 0;
    const counted = {
      sleep: async (ms: number) => {
        slept += ms;
      },
    };
    expect(await fetched([down], undefined, counted)).toBe('back');
    expect(slept).toBe(7000);
    expect(await errorOf(fetched([await deadUrl()], undefined, counted))).toMatchObject({ retry: true });
  });

  test('that was aborted ends at once, with the reason', async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort(new Error('stopped')));
    const path = join(temporaryFolder(), 'copy');
    const options = { fetch, clock: systemClock, signal: abort.signal };
    await expect(download(task('f', [url]), path, options)).rejects.toThrow('stopped');
    expect(existsSync(path)).toBe(false);
  });
});
