import * as z from 'zod';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import type { Key } from '../ports.ts';

/** The task of a key, and until when a further one with the key is the same. */
const Claim = z.object({ number: z.int(), until: z.number() });

/** Keys are each owner's own, so that nobody is answered with a task that they may not look at. */
export interface DedupKey {
  readonly queue: string;
  readonly owner: string;
  readonly dedupKey: string;
}

/**
 * The number of the task that has a key: that of the first one within the window, or a new one. It is
 * kept before the task is, so that whoever finds the number but not the task makes it: with two, whatever crashes, one
 * is made.
 */
export function claimNumber(context: Context, key: DedupKey, windowSeconds: number): Promise<number> {
  const { queue } = key;
  return untilWritten(context, `the key ${key.dedupKey} of queue ${queue}`, async () => {
    const item = await context.store.get(itemKey(key));
    const claim = item && Claim.parse(item.value);
    const now = context.clock.now();
    if (claim && claim.until > now) return { written: claim.number };
    const [number = 0] = await context.numbers.take(queue, 1);
    const next = { number, until: Math.ceil(now + windowSeconds * 1000) };
    return (await context.store.put(itemKey(key), next, item?.version ?? 0))
      ? { written: number }
      : undefined;
  });
}

/** Frees the key of a task that is removed. */
export async function freeKey(context: Context, key: DedupKey, number: number): Promise<void> {
  const item = await context.store.get(itemKey(key));
  if (item && Claim.parse(item.value).number === number) await context.store.remove([itemKey(key)]);
}

function itemKey({ queue, owner, dedupKey }: DedupKey): Key {
  return { partition: `task-keys/${queue}`, sort: `${owner}/${dedupKey}` };
}
