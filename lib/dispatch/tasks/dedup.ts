import * as z from 'zod';
import type { Task } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import type { Item, Key } from '../ports.ts';
import { readStored } from './task-items.ts';

/** The task of a key, and until when a further one with the key is the same. */
const Claim = z.object({ number: z.int(), until: z.number() });

/** Keys are each owner's own, so that nobody is answered with a task that they may not look at. */
interface DedupKey {
  readonly queue: string;
  readonly owner: string;
  readonly dedupKey: string;
}

/**
 * The task that has a key: the first one within the window, or the number for a new one. The number is kept before the
 * task is, so that whoever finds the number but not the task makes it: with two, whatever crashes, one is made.
 */
export function claim(
  context: Context,
  key: DedupKey,
  windowSeconds: number,
): Promise<{ readonly number: number; readonly first: Task | undefined }> {
  return untilWritten(context, `the key ${key.dedupKey} of queue ${key.queue}`, async () => {
    const number = await claimNumber(context, key, windowSeconds);
    const first = await readStored(context, { queue: key.queue, number });
    if (first?.removedAt === undefined) return { written: { number, first } };
    await freeKey(context, first);
    return undefined;
  });
}

function claimNumber(context: Context, key: DedupKey, windowSeconds: number): Promise<number> {
  const { queue } = key;
  return untilWritten(context, `the key ${key.dedupKey} of queue ${queue}`, async () => {
    const item = await context.store.get(itemKey(key));
    const known = item && Claim.parse(item.value);
    const now = context.clock.now();
    if (known && known.until > now) return { written: known.number };
    const [number = 0] = await context.numbers.take(queue, 1);
    const next = { number, until: Math.ceil(now + windowSeconds * 1000) };
    return (await context.store.put(itemKey(key), next, item?.version ?? 0))
      ? { written: number }
      : undefined;
  });
}

/** Frees the key of a task that was removed: from now on it is given to another one. */
export async function freeKey(context: Context, task: Task): Promise<void> {
  const found = await claimOf(context, task);
  if (found) await context.store.put(found.key, { number: task.number, until: 0 }, found.version);
}

/** Forgets a key that was freed, unless another task has it. */
export async function forgetKey(context: Context, task: Task): Promise<void> {
  const found = await claimOf(context, task);
  if (found) await context.store.remove([found.key]);
}

/** The item of a task's key, while it is the task's. */
async function claimOf(context: Context, { queue, number, spec }: Task): Promise<Item | undefined> {
  const { owner, dedupKey } = spec;
  if (dedupKey === undefined) return undefined;
  const item = await context.store.get(itemKey({ queue, owner, dedupKey }));
  return item && Claim.parse(item.value).number === number ? item : undefined;
}

function itemKey({ queue, owner, dedupKey }: DedupKey): Key {
  return { partition: `task-keys/${queue}`, sort: `${owner}/${dedupKey}` };
}
