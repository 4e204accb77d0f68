import * as z from 'zod';
import { LIMITS } from '../../contract/limits.ts';
import { untilWritten } from '../conflicts.ts';
import type { Home } from '../home.ts';
import type { Key } from '../ports.ts';

/** What is stored of an address outside of Sluice: a webhook, or one that could not be reached. */
const Destination = z.object({
  address: z.string(),
  webhook: z
    .object({ url: z.string(), secret: z.string(), all: z.boolean(), createdAt: z.number() })
    .optional(),
  /** Events wait for it. */
  isWaiting: z.boolean(),
  failure: z.object({ at: z.number(), message: z.string() }).optional(),
  dropped: z.int(),
});
export type Destination = z.infer<typeof Destination>;

const PARTITION = 'destinations';
const WEBHOOK = 'webhook:';

/** The name of the webhook that an address is. */
export function webhookIn(address: string): string | undefined {
  return address.startsWith(WEBHOOK) ? address.slice(WEBHOOK.length) : undefined;
}

export function addressOf(webhook: string): string {
  return WEBHOOK + webhook;
}

/** A destination of which nothing is known. */
export function newDestination(address: string): Destination {
  return { address, isWaiting: false, dropped: 0 };
}

type DestinationsHome = Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;

/** Records of destinations, all of them read through a cache that this process's own writes keep fresh. */
export class Destinations {
  readonly #home: DestinationsHome;
  #cached: { all: ReadonlyMap<string, Destination>; readAt: number } | undefined;
  #forgotten = 0;

  constructor(home: DestinationsHome) {
    this.#home = home;
  }

  /** All of which something is known, by address, at most `projectCacheMillis` old. */
  async all(): Promise<ReadonlyMap<string, Destination>> {
    const { clock, layout } = this.#home;
    if (this.#cached && clock.now() - this.#cached.readAt < layout.projectCacheMillis)
      return this.#cached.all;
    const readAt = clock.now();
    const forgotten = this.#forgotten;
    const items = await this.#home.store.list(PARTITION, { limit: LIMITS.destinations });
    const records = items.map(({ value }) => Destination.parse(value));
    const all = new Map(records.map(record => [record.address, record]));
    // A read that was under way while one was changed must not hide the change.
    if (forgotten === this.#forgotten) this.#cached = { all, readAt };
    return all;
  }

  /** One; what is not remembered is looked for, as another process may have made it since. */
  async find(address: string): Promise<Destination | undefined> {
    return (await this.all()).get(address) ?? (await this.#readNow(address))?.record;
  }

  /** Changes one, or makes it; `change` answers undefined to leave it as it is. */
  async change(
    address: string,
    change: (record: Destination | undefined) => Destination | undefined,
  ): Promise<Destination | undefined> {
    return untilWritten(this.#home, address, async () => {
      const stored = await this.#readNow(address);
      const next = change(stored?.record);
      if (!next) return { written: stored?.record };
      if (!(await this.#home.store.put(keyOf(address), next, stored?.version ?? 0))) return undefined;
      this.forget();
      return { written: next };
    });
  }

  async remove(address: string): Promise<void> {
    await this.#home.store.remove([keyOf(address)]);
    this.forget();
  }

  forget(): void {
    this.#forgotten += 1;
    this.#cached = undefined;
  }

  async #readNow(address: string): Promise<{ record: Destination; version: number } | undefined> {
    const item = await this.#home.store.get(keyOf(address));
    return item && { record: Destination.parse(item.value), version: item.version };
  }
}

function keyOf(address: string): Key {
  return { partition: PARTITION, sort: address };
}
