import { Sites } from '../contract/sites.ts';
import { untilWritten } from './conflicts.ts';
import type { Home } from './home.ts';

const KEY = { partition: 'config', sort: 'sites' };

/** The table of sites, read through a cache. */
export class SiteTables {
  readonly #home: Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;
  #cached: { table: Sites; readAt: number } | undefined;
  #forgotten = 0;

  constructor(home: Pick<Home, 'store' | 'clock' | 'random' | 'layout'>) {
    this.#home = home;
  }

  async read(): Promise<Sites> {
    const readAt = this.#home.clock.now();
    if (this.#cached && readAt - this.#cached.readAt < this.#home.layout.projectCacheMillis)
      return this.#cached.table;
    const forgotten = this.#forgotten;
    const item = await this.#home.store.get(KEY);
    const table = Sites.parse(item?.value ?? {});
    // A read that was under way while the table was replaced must not hide the new one.
    if (forgotten === this.#forgotten) this.#cached = { table, readAt };
    return table;
  }

  async replace(table: Sites): Promise<void> {
    await untilWritten(this.#home, 'the table of sites', async () => {
      const item = await this.#home.store.get(KEY);
      const written = await this.#home.store.put(KEY, table, item?.version ?? 0);
      return written ? { written } : undefined;
    });
    this.forget();
  }

  forget(): void {
    this.#forgotten += 1;
    this.#cached = undefined;
  }
}
