import { expect, test } from 'vitest';
import { Requests } from '../../lib/dispatch/requests.ts';

const request = (n: number) => ({ worker: 'ada', requestId: `q${n}` });

test('a request is remembered with every block that it was given files of, each once', () => {
  const requests = new Requests();
  for (const block of [7, 9, 7]) requests.note(1, block, request(1));
  expect(requests.blocksOf(1, request(1))).toEqual([7, 9]);
  expect(requests.blocksOf(2, request(1))).toEqual([]);
  expect(requests.blocksOf(1, { worker: 'bob', requestId: 'q1' })).toEqual([]);
});

test('the five thousand requests before the last are remembered, and ten thousand at most', () => {
  const requests = new Requests();
  for (let n = 0; n < 30_000; n += 1) {
    requests.note(1, n, request(n));
    if (n >= 5_000) expect(requests.blocksOf(1, request(n - 5_000))).toEqual([n - 5_000]);
    if (n >= 10_000) expect(requests.blocksOf(1, request(n - 10_000))).toEqual([]);
  }
});

test('a request that is given files of one more block is as young as the latest', () => {
  const requests = new Requests();
  requests.note(1, 7, request(0));
  for (let n = 1; n < 5_000; n += 1) requests.note(1, n, request(n));
  requests.note(1, 9, request(5_000));
  requests.note(1, 8, request(0));
  for (let n = 5_001; n < 10_000; n += 1) requests.note(1, n, request(n));
  expect(requests.blocksOf(1, request(0))).toEqual([7, 8]);
});
