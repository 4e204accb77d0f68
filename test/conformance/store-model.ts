import fc from 'fast-check';
import { expect } from 'vitest';
import type { Item, Store } from '../../lib/dispatch/ports.ts';

/** A call of a store, with few keys and versions, so that calls meet. */
export type StoreCommand =
  | { readonly kind: 'get'; readonly sort: string }
  | { readonly kind: 'put'; readonly sort: string; readonly expected: number; readonly n: number }
  | { readonly kind: 'list'; readonly after: string; readonly limit: number }
  | { readonly kind: 'remove'; readonly sorts: readonly string[] };

export function commandsOf(): fc.Arbitrary<StoreCommand[]> {
  const sort = fc.constantFrom('a', 'b', 'c');
  const command = fc.oneof(
    fc.record({ kind: fc.constant('get' as const), sort }),
    fc.record({ kind: fc.constant('put' as const), sort, expected: fc.nat(3), n: fc.nat() }),
    fc.record({
      kind: fc.constant('list' as const),
      after: fc.constantFrom('A', 'a', 'b'),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant('remove' as const), sorts: fc.subarray(['a', 'b', 'c']) }),
  );
  return fc.array(command, { maxLength: 30 });
}

/** Runs the calls on an empty partition of a store and on a plain map beside it, and compares every answer. */
export async function runOnModel(
  store: Store,
  partition: string,
  commands: readonly StoreCommand[],
): Promise<void> {
  const keyOf = (sort: string) => ({ partition, sort });
  const model = new Map<string, Item>();
  for (const command of commands) {
    switch (command.kind) {
      case 'get':
        expect(await store.get(keyOf(command.sort))).toEqual(model.get(command.sort));
        break;
      case 'put': {
        const { sort, expected, n } = command;
        const fits = (model.get(sort)?.version ?? 0) === expected;
        expect(await store.put(keyOf(sort), { n }, expected)).toBe(fits);
        if (fits) model.set(sort, { key: keyOf(sort), value: { n }, version: expected + 1 });
        break;
      }
      case 'list': {
        const { after, limit } = command;
        const sorts = [...model.keys()].sort().filter(sort => sort > after);
        const listed = sorts.slice(0, limit).map(sort => model.get(sort));
        expect(await store.list(partition, { after, limit })).toEqual(listed);
        break;
      }
      case 'remove':
        await store.remove(command.sorts.map(keyOf));
        for (const sort of command.sorts) model.delete(sort);
    }
  }
}
