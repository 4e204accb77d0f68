import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store, Value } from '../../lib/dispatch/ports.ts';
import { keys, lists, removes } from './store-lists.ts';
import { commandsOf, runOnModel } from './store-model.ts';
import { values } from './store-values.ts';

const KEY = { partition: 'p', sort: 's' };
const RACERS = 20;

/** What every `Store` must do. `makeStore` gives an empty one, and sees to its end itself. */
export function describeStore(name: string, makeStore: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    describe('compare-and-set', () => compareAndSet(makeStore));
    describe('values', () => values(makeStore));
    describe('keys', () => keys(makeStore));
    describe('list', () => lists(makeStore));
    describe('remove', () => removes(makeStore));

    test('answers any sequence of calls as a map with versions would', async () => {
      const store = await makeStore();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(commandsOf(), commands => {
          runs += 1;
          return runOnModel(store, `run ${runs}`, commands);
        }),
      );
    });
  });
}

function compareAndSet(makeStore: () => Promise<Store>): void {
  test('what was never put is not there', async () => {
    const store = await makeStore();
    expect(await store.get(KEY)).toBeUndefined();
  });

  test('the first put expects version 0, and each makes the next version', async () => {
    const store = await makeStore();
    for (const version of [1, 2, 3]) {
      expect(await store.put(KEY, { version }, version - 1)).toBe(true);
      expect(await store.get(KEY)).toEqual({ key: KEY, value: { version }, version });
    }
  });

  test.each([
    { expected: 0, which: 'no item' },
    { expected: 1, which: 'an older version' },
    { expected: 3, which: 'a version still to come' },
  ])('a put that expects $which answers false and changes nothing', async ({ expected }) => {
    const store = await makeStore();
    await store.put(KEY, { n: 1 }, 0);
    await store.put(KEY, { n: 2 }, 1);
    expect(await store.put(KEY, { n: 9 }, expected)).toBe(false);
    expect(await store.get(KEY)).toEqual({ key: KEY, value: { n: 2 }, version: 2 });
  });

  test('a put that expects an item where there is none answers false and makes none', async () => {
    const store = await makeStore();
    expect(await store.put(KEY, { n: 1 }, 1)).toBe(false);
    expect(await store.get(KEY)).toBeUndefined();
  });

  test.each([0, 1])('of many puts at once at version %i exactly one is made', async expected => {
    const store = await makeStore();
    if (expected === 1) await store.put(KEY, { racer: 'nobody' }, 0);
    const answers = await Promise.all(
      Array.from({ length: RACERS }, (_, racer) => store.put(KEY, { racer }, expected)),
    );
    expect(answers.filter(won => won)).toHaveLength(1);
    expect(await store.get(KEY)).toMatchObject({
      value: { racer: answers.indexOf(true) },
      version: expected + 1,
    });
  });

  test('writers that decide again when they lost a race lose no change', async () => {
    const store = await makeStore();
    const add = async (): Promise<void> => {
      const item = await store.get(KEY);
      if (!(await store.put(KEY, { sum: sumOf(item?.value) + 1 }, item?.version ?? 0))) await add();
    };
    await Promise.all(Array.from({ length: RACERS }, add));
    expect(await store.get(KEY)).toMatchObject({ value: { sum: RACERS }, version: RACERS });
  });
}

function sumOf(value: Value | undefined): number {
  return value !== undefined && 'sum' in value ? Number(value.sum) : 0;
}
