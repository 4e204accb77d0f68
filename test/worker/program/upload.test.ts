import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { UnreachableError } from '../../../lib/client/index.ts';
import { systemClock } from '../../../lib/worker/clock.ts';
import { upload } from '../../../lib/worker/program/upload.ts';
import { refusal } from '../../support/fake-client.ts';
import { temporaryFolder } from '../support.ts';
import { deadUrl, serve } from './support.ts';

/** Uploads `content`; each request for a URL gets the next of the answers, and then the last again and again. */
function uploading(
  content: string,
  answers: readonly (string | Error)[],
  signal = new AbortController().signal,
) {
  const path = join(temporaryFolder(), 'out');
  writeFileSync(path, content);
  const asked: unknown[] = [];
  const slept: number[] = [];
  const output = async (input: unknown) => {
    asked.push(input);
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? '';
    if (answer instanceof Error) throw answer;
    return { method: 'PUT' as const, url: answer, expiresAt: 0 };
  };
  const sleep = async (ms: number, ended?: AbortSignal) => {
    // The limit of a call is not what is looked at here.
    if (ms === 30_000) return systemClock.sleep(ms, ended);
    slept.push(ms);
  };
  const ended = upload(path, {
    ...{ place: () => output({ project: 7, token: '7.f.1' }), fetch, random: () => 1, signal },
    clock: { ...systemClock, sleep },
  });
  return { ended, asked, slept };
}

test('an output is PUT, with its length, where the server says', async () => {
  const received: unknown[] = [];
  const url = await serve(async (request, response) => {
    const { method, headers } = request;
    received.push({ method, length: headers['content-length'], body: await text(request) });
    response.end();
  });
  const { ended, asked } = uploading('result', [url]);
  await ended;
  expect(asked).toEqual([{ project: 7, token: '7.f.1' }]);
  expect(received).toEqual([{ method: 'PUT', length: '6', body: 'result' }]);
});

test('a server that is away is waited for, because the work is done already', async () => {
  const url = await serve((request, response) => request.resume().on('end', () => response.end()));
  const away = Array.from({ length: 40 }, () => new UnreachableError('away'));
  const { ended, asked, slept } = uploading('result', [...away, url]);
  await ended;
  expect(asked).toHaveLength(41);
  expect(slept.slice(0, 3)).toEqual([200, 400, 800]);
});

test('a store that fails is tried again, each time with a fresh URL', async () => {
  const down = await serve((request, response) =>
    request.resume().on('end', () => response.writeHead(503).end('later')),
  );
  const good = await serve((request, response) => request.resume().on('end', () => response.end()));
  const { ended, asked } = uploading('result', [down, await deadUrl(), good]);
  await ended;
  expect(asked).toHaveLength(3);
});

test('a store that cannot be reached at all is given up after ten tries', async () => {
  const { ended, asked } = uploading('result', [await deadUrl()]);
  await expect(ended).rejects.toThrow('the store cannot be reached');
  expect(asked).toHaveLength(10);
});

test('a store that refuses is not asked twice', async () => {
  const url = await serve((request, response) =>
    request.resume().on('end', () => response.writeHead(403).end()),
  );
  const { ended, asked } = uploading('result', [url]);
  await expect(ended).rejects.toThrow('the store answered 403');
  expect(asked).toHaveLength(1);
});

test('a server that will not have the output is not asked twice', async () => {
  const { ended, asked } = uploading('result', [refusal('lease_expired')]);
  await expect(ended).rejects.toMatchObject({ code: 'lease_expired' });
  expect(asked).toHaveLength(1);
});

test('waiting for the server ends when the output is not wanted any more', async () => {
  const abort = new AbortController();
  const { ended } = uploading('result', [new UnreachableError('away')], abort.signal);
  abort.abort(new Error('stopped'));
  await expect(ended).rejects.toThrow('stopped');
});
