import type { Home } from './home.ts';

/** Items removed at a time. */
const PAGE = 64;

/** Removes all items of a partition. */
export async function emptyPartition(
  { store, clock }: Pick<Home, 'store' | 'clock'>,
  partition: string,
): Promise<void> {
  for (;;) {
    const items = await store.list(partition, { limit: PAGE });
    if (items.length === 0) return;
    await store.remove(items.map(({ key }) => key));
    await clock.sleep(0);
  }
}
