import { expect, test } from 'vitest';
import { inOrder, SideBySide } from '../../lib/dispatch/side-by-side.ts';
import { MemoryClock } from '../support/memory/clock.ts';

/** Work that takes its time, and how much of it was begun and under way at once. */
function slowWork() {
  const clock = new MemoryClock();
  const seen = { begun: 0, atOnce: 0, most: 0 };
  async function work(item: number): Promise<number> {
    seen.begun += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    await clock.sleep((item * 7) % 5);
    seen.atOnce -= 1;
    if (item < 0) throw new Error(`${item} failed`);
    return item;
  }
  return { seen, work };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

test('results come in the order of the items, with no more than the limit under way', async () => {
  const { seen, work } = slowWork();
  const results: number[] = [];
  for await (const result of inOrder(numbers(50), 4, work)) results.push(result);
  expect(results).toEqual(numbers(50));
  expect(seen.most).toBe(4);
});

test('whoever takes only the first results has little more begun', async () => {
  const { seen, work } = slowWork();
  for await (const result of inOrder(numbers(50), 16, work)) if (result === 2) break;
  expect(seen.begun).toBeLessThanOrEqual(6);
});

test('work that fails is heard of when its turn has come', async () => {
  const { work } = slowWork();
  const results: number[] = [];
  const taking = (async () => {
    for await (const result of inOrder([0, 1, 2, 3, -1, 5], 8, work)) results.push(result);
  })();
  await expect(taking).rejects.toThrow('-1 failed');
  expect(results).toEqual([0, 1, 2, 3]);
});

test('pieces of work are done beside each other, with no more than the limit under way', async () => {
  const { seen, work } = slowWork();
  const beside = new SideBySide(3);
  for (const item of numbers(20)) await beside.begin(() => work(item));
  await beside.end();
  expect(seen).toEqual({ begun: 20, atOnce: 0, most: 3 });
});

test('after a failure nothing more is begun, and what is under way is waited for', async () => {
  const { seen, work } = slowWork();
  const beside = new SideBySide(2);
  const all = (async () => {
    for (const item of [1, -1, 2, 3, 4, 5, 6]) await beside.begin(() => work(item));
  })();
  await expect(all).rejects.toThrow('-1 failed');
  expect(seen.begun).toBeLessThan(7);
  expect(seen.atOnce).toBe(0);
});
