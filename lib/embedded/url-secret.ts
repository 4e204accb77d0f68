import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Store } from '../dispatch/ports.ts';

const KEY = { partition: 'config', sort: 'url-secret' };

/** The secret that URLs are signed with: made once, so that URLs stay good over a restart. */
export async function urlSecret(store: Store): Promise<Uint8Array> {
  const made = { secret: randomBytes(32).toString('hex') };
  if (!(await store.put(KEY, made, 0))) {
    const item = await store.get(KEY);
    return Buffer.from(z.object({ secret: z.string() }).parse(item?.value).secret, 'hex');
  }
  return Buffer.from(made.secret, 'hex');
}
