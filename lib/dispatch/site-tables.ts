import { Sites } from '../contract/sites.ts';
import { untilWritten } from './conflicts.ts';
import type { Home } from './home.ts';

const KEY = { partition: 'config', sort: 'sites' };

/** The table of sites, read through a cache. */
export class SiteTables {
  readonly #home: Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;
  #cached: { table: Sites; readAt: number } | undefined;

  constructor(home: Pick<Home, 'store' | 'clock' | 'random' | 'layout'>) {
    this.#home = home;
  }

  async read(): Promise<Sites> {
    const now = this.#home.clock.now();
    if (!this.#cached || now - this.#cached.readAt >= this.#home.layout.projectCacheMillis) {
      const item = await this.#home.store.get(KEY);
      this.#cached = { table: Sites.parse(item?.value ?? {}), readAt: now };
    }
    return this.#cached.table;
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
    this.#cached = undefined;
  }
}
