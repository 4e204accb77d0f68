import { expect, test } from 'vitest';
import type { Store } from '../../lib/dispatch/ports.ts';

const KEY = { partition: 'p', sort: 's' };

export function keys(makeStore: () => Promise<Store>): void {
  test('that differ in any way are different items', async () => {
    const store = await makeStore();
    const odd = ['a', 'A', 'a ', ' a', 'a%2Fb', 'a?', "a'", 'a"', 'ä', 'a\u0308', '漢', '🙂', '*'];
    const all = odd.flatMap(partition => odd.map(sort => ({ partition, sort })));
    // However an adapter joins the two, they must not meet.
    for (const mark of ['/', '#', ':', '|', ' ', ',', '\n', '"', '\\'])
      all.push({ partition: `a${mark}b`, sort: 'c' }, { partition: 'a', sort: `b${mark}c` });
    await Promise.all(all.map((key, n) => store.put(key, { n }, 0)));
    for (const [n, key] of all.entries())
      expect(await store.get(key)).toEqual({ key, value: { n }, version: 1 });
  });
}

export function lists(makeStore: () => Promise<Store>): void {
  const put = async (store: Store, partition: string, sorts: readonly string[]) => {
    for (const sort of sorts) await store.put({ partition, sort }, { sort }, 0);
  };
  const sortsOf = async (store: Store, page: { after?: string; limit: number }) =>
    (await store.list('p', page)).map(({ key }) => key.sort);

  test('an empty partition has no items', async () => {
    const store = await makeStore();
    expect(await store.list('p', { limit: 10 })).toEqual([]);
  });

  test('gives the items of one partition, with their values and versions', async () => {
    const store = await makeStore();
    await put(store, 'p', ['a', 'b']);
    await put(store, 'pp', ['c']);
    await store.put({ partition: 'p', sort: 'b' }, Uint8Array.of(1), 1);
    expect(await store.list('p', { limit: 10 })).toEqual([
      { key: { partition: 'p', sort: 'a' }, value: { sort: 'a' }, version: 1 },
      { key: { partition: 'p', sort: 'b' }, value: Uint8Array.of(1), version: 2 },
    ]);
  });

  test('is in the order of the UTF-8 bytes of sort', async () => {
    const store = await makeStore();
    const ordered = ['!', '10', '2', 'B', 'a', 'a/b', 'ab', 'é', '漢', '\uFF3A', '\u{1F600}'];
    await put(store, 'p', ordered.toReversed());
    expect(await sortsOf(store, { limit: 100 })).toEqual(ordered);
  });

  test('gives at most `limit` items, those after `after`, whether that one is there or not', async () => {
    const store = await makeStore();
    await put(store, 'p', ['1', '2', '3', '5']);
    expect(await sortsOf(store, { limit: 2 })).toEqual(['1', '2']);
    expect(await sortsOf(store, { after: '2', limit: 2 })).toEqual(['3', '5']);
    expect(await sortsOf(store, { after: '4', limit: 2 })).toEqual(['5']);
    expect(await sortsOf(store, { after: '5', limit: 2 })).toEqual([]);
  });

  test('gives a whole page of large items', async () => {
    const store = await makeStore();
    const sorts = ['1', '2', '3', '4', '5', '6', '7'];
    const bytes = new Uint8Array(300_000).fill(1);
    for (const sort of sorts) await store.put({ partition: 'p', sort }, bytes, 0);
    expect(await sortsOf(store, { limit: 6 })).toEqual(sorts.slice(0, 6));
  });
}

export function removes(makeStore: () => Promise<Store>): void {
  test('removes items whatever their version, and no others', async () => {
    const store = await makeStore();
    const all = Array.from({ length: 120 }, (_, n) => ({ partition: 'p', sort: String(n).padStart(3, '0') }));
    for (const key of all) await store.put(key, { n: 1 }, 0);
    await store.put({ partition: 'p', sort: '007' }, { n: 2 }, 1);
    await store.remove(all.slice(0, 110));
    expect((await store.list('p', { limit: 200 })).map(({ key }) => key)).toEqual(all.slice(110));
  });

  test('what is not there, or nothing at all, is no error', async () => {
    const store = await makeStore();
    await store.remove([KEY]);
    await store.remove([]);
    expect(await store.get(KEY)).toBeUndefined();
  });

  test('a removed item begins again at version 1', async () => {
    const store = await makeStore();
    await store.put(KEY, { n: 1 }, 0);
    await store.put(KEY, { n: 2 }, 1);
    await store.remove([KEY]);
    expect(await store.put(KEY, { n: 3 }, 2)).toBe(false);
    expect(await store.put(KEY, { n: 3 }, 0)).toBe(true);
    expect(await store.get(KEY)).toEqual({ key: KEY, value: { n: 3 }, version: 1 });
  });
}
