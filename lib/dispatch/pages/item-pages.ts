import { emptyPartition } from '../empty-partition.ts';
import type { Home } from '../home.ts';
import type { Key } from '../ports.ts';
import type { Pages, Shelf } from './pages.ts';

const PER_PARTITION = 64;

/** Pages as items of the store, each on its own: where a write costs nothing. */
export function itemPages({ store, clock }: Pick<Home, 'store' | 'clock'>): Pages {
  return {
    write: shelf => async (number, page, isKnown) => {
      if (!isKnown) await store.put(keyOf(shelf, number), page(), 0);
    },
    async read(shelf, number) {
      const item = await store.get(keyOf(shelf, number));
      return item?.value instanceof Uint8Array ? item.value : undefined;
    },
    async remove(shelf, count) {
      for (let group = 0; group * PER_PARTITION < count; group += 1)
        await emptyPartition({ store, clock }, partitionOf(shelf, group));
    },
  };
}

function keyOf(shelf: Shelf, number: number): Key {
  const group = Math.floor(number / PER_PARTITION);
  return { partition: partitionOf(shelf, group), sort: String(number % PER_PARTITION).padStart(2, '0') };
}

function partitionOf({ project, kind }: Shelf, group: number): string {
  return `p${project.id}/${kind}/${group}`;
}
